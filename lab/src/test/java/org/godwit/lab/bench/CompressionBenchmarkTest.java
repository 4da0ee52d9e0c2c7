package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompressionBenchmarkTest {

    private final Wkdm wkdm = new Wkdm();

    @Test
    void aPageOfZeroesIsNothingButItsTags() {
        assertThat(compressed(new byte[Wkdm.PAGE])).isEqualTo(6 + 256);
    }

    @Test
    void wordsThatDifferInTheirLowBitsTakeFourteenBitsEach() {
        byte[] page = new byte[Wkdm.PAGE];
        for (int word = 0; word < 1024; word++) {
            page[4 * word] = (byte) (word + 1);
            page[4 * word + 3] = 7;
        }
        // One is new; of the others each has an entry's four bits, and ten of its own, three of them in a word.
        assertThat(compressed(page)).isEqualTo(6 + 256 + 4 + 512 + 4 * 341);
    }

    @Test
    void noiseTakesTheRoomThatIsKeptForItAndNoMoreWhenOneWordIsNearlyAnother() {
        byte[] page = new byte[Wkdm.PAGE];
        new Random(3).nextBytes(page);
        assertThat(compressed(page)).isEqualTo(Wkdm.LENGTH_MAX - 1);

        System.arraycopy(page, 0, page, 4, 4);
        page[4]++;
        assertThat(compressed(page)).isEqualTo(Wkdm.LENGTH_MAX);
    }

    @Test
    void bothGiveBackWhatTheyWereGivenOfEachKind() {
        CompressionBenchmark.data(1 << 18).forEach((name, data) -> {
            for (CompressionBenchmark.Codec codec : List.of(CompressionBenchmark.wkdm(), CompressionBenchmark.zstd())) {
                byte[] chunk = Arrays.copyOf(data, 16 << 10);
                byte[] packed = new byte[32 << 10];
                byte[] again = new byte[chunk.length];
                codec.decompress(packed, codec.compress(chunk, packed), again);
                assertThat(again).as(name).isEqualTo(chunk);
            }
        });
    }

    @Test
    void aRoundMeasuresEachKindByBoth(@TempDir Path folder) {
        StringWriter said = new StringWriter();

        int exitCode = new CommandLine(new CompressionBenchmark()).setOut(new PrintWriter(said)).execute("--rounds",
                "1", "--mib", "1", "--out", folder.toString());

        assertThat(exitCode).isZero();
        assertThat(said.toString()).contains("zeroes, 5 % noise    WKdm", "noise                zstd");
        assertThat(folder.resolve("compression.csv")).content().hasLineCount(11);
    }

    @Test
    void theTableTellsWhatIsLeftAndHowFast() {
        assertThat(CompressionBenchmark.table(List.of(
                new CompressionRun(1, "a log", "zstd", 4 << 20, 1 << 20, 0.02, 0.01),
                new CompressionRun(2, "a log", "zstd", 4 << 20, 1 << 20, 0.04, 0.01)))).isEqualTo("""
                                                       n left of it  compress, MiB/s  decompress, MiB/s
                        a log                zstd      2     25.0 %              150                400
                        """);
    }

    /** How long a page becomes, if it is the same afterwards. */
    private int compressed(byte[] page) {
        byte[] packed = new byte[Wkdm.LENGTH_MAX];
        int length = wkdm.compress(page, 0, packed);
        byte[] again = new byte[Wkdm.PAGE];
        wkdm.decompress(packed, again, 0);
        assertThat(again).isEqualTo(page);
        return length;
    }
}
