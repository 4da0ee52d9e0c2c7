package org.godwit.lab.experiment.rowdisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.godwit.lab.LabException;
import org.godwit.lab.experiment.TextReport;
import org.godwit.lab.experiment.rowdisk.Passages.Passage;
import org.godwit.lab.experiment.rowdisk.RoundsNode.Round;
import org.godwit.lab.experiment.rowdisk.Writes.Count;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowDiskTest {

    @TempDir
    Path folder;

    @Test
    void layersAreComparedWithBothOthers() {
        Golden.assertMatches("experiment/row-disk.txt", TextReport.render(new RowDiskExperiment().report(List.of(
                run(Way.MIRROR, Writing.OVERWRITING, 60, 60, 30_000, 100, 240),
                run(Way.BITMAPS, Writing.OVERWRITING, 40, 20, 20_000, 400, 280),
                run(Way.LAYERS, Writing.OVERWRITING, 10, 5, 24_000, 80, 270),
                run(Way.LAYERS, Writing.OVERWRITING, 12, 7, 26_000, 90, 270),
                run(Way.LAYERS, Writing.NEW_PLACES, 30, 20, 25_000, 100, 150)))));
    }

    @Test
    void withoutAMigrationThereIsNoReport() {
        assertThatThrownBy(() -> new RowDiskExperiment().report(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writesAreCountedBetweenTheFirstAndTheLastWordOfATime() {
        List<Count> counts = List.of(new Count(0, 0), new Count(1_000_000, 100), new Count(1_500_000, 200),
                new Count(2_000_000, 250), new Count(9_000_000, 900));
        assertThat(Writes.rate(counts, 900_000, 2_100_000)).isEqualTo(150);
        assertThatThrownBy(() -> Writes.rate(counts, 3_000_000, 9_000_000)).isInstanceOf(LabException.class);
        assertThat(Writes.COUNT.matcher("writes=1\nwrites=22\nwrites=33").results().map(one -> one.group(1)))
                .containsExactly("1", "22");
    }

    @Test
    void bytesAreToldPortByPortAndTheMirrorHasTheSecondOne() {
        Map<Integer, Long> sent = PortBytes.parse("""
                {"nftables": [{"metainfo": {"json_schema_version": 1}}, {"set": {"family": "inet", "name": "ports",
                 "elem": [{"elem": {"val": 49153, "counter": {"packets": 7, "bytes": 700}}},
                          {"elem": {"val": 8446, "counter": {"packets": 1, "bytes": 99}}},
                          {"elem": {"val": 49152, "counter": {"packets": 5, "bytes": 500}}}]}}]}
                """);
        assertThat(sent).containsExactly(Map.entry(8446, 99L), Map.entry(49152, 500L), Map.entry(49153, 700L));
        assertThat(PortBytes.memory(sent)).isEqualTo(500);
        assertThat(PortBytes.mirrored(sent)).isEqualTo(700);
        assertThat(PortBytes.mirrored(Map.of(8446, 99L, 49152, 500L))).isZero();
    }

    @Test
    void passagesAreThoseThatTheAgentToldSince() throws Exception {
        Path log = Files.writeString(folder.resolve("log"), line(0, 900, 800));
        Passages passages = new Passages(log);
        assertThatThrownBy(passages::all).isInstanceOf(LabException.class);
        assertThatThrownBy(passages::lastWrites).isInstanceOf(LabException.class);
        Files.writeString(log, line(0, 900, 800) + line(0, 500, 400) + "something else\n" + line(1, 50, 40)
                + "INFO vm=1 what it writes while its memory is copied is sent at once: 90 writes/s\n");
        assertThat(passages.lastWrites()).isEqualTo("at once");
        assertThat(passages.all()).containsExactly(new Passage(500, 400), new Passage(50, 40));
    }

    @Test
    void aRoundIsReadFromWhatItsNodeSays() {
        assertThat(RoundsNode.ROUND.matcher("ready\nround round-1 bytes=65536 wire=1234 ms=17.25\n").results()
                .map(Round::of)).containsExactly(new Round(65536, 1234, 17.25));
    }

    private static String line(int layer, long bytes, long wire) {
        return "INFO vm=1 disk=LocalDisk[target=vda, format=qcow2, path=/x] layer=" + layer
                + " is there: Shipped[amounts=Amounts[chunks=1, chunksMax=1, zeroChunks=0, sentChunks=1, sentBytes="
                + bytes + ", wireBytes=" + wire + "], digest=ab]\n";
    }

    private static RowDiskRun run(Way way, Writing writing, double updateMb, double wireMb, double totalMs,
            double pauseMs, double during) {
        boolean isCalledBack = way == Way.BITMAPS;
        return new RowDiskRun(1, way + ", " + writing + ", 100 Mbit/s", way, writing, 100, 256, "host-b", 1.5, 134,
                updateMb, wireMb, way == Way.MIRROR ? null : Double.valueOf(wireMb - 4),
                way == Way.LAYERS ? "at once" : null, way == Way.MIRROR ? null : 2.0, 90, totalMs, totalMs - 5000,
                pauseMs,
                isCalledBack ? null : pauseMs + 30, isCalledBack ? null : pauseMs + 40, 300, during, 0);
    }
}
