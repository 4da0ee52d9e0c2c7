package org.godwit.lab.bench;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.godwit.lab.LabException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the disk mover's compression gains beside the one of <i>ROW disk</i>, on what a layer of a disk may hold. */
@Command(name = "compression", mixinStandardHelpOptions = true, sortOptions = false, description = "WKdm, of the ROW disk paper, and the mover's zstd, by the time of one processor.")
final class CompressionBenchmark implements Callable<Integer> {

    /** As the host agent sends layers. */
    private static final int CHUNK = 16 << 10;
    private static final int ZSTD_LEVEL = 1;
    private static final double NANOS = 1e9;
    private static final Path PROGRAM = Path.of(System.getProperty("java.home"), "lib/server/libjvm.so");

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "of everything, 1 to 1000; one more before them is not counted (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--mib", paramLabel = "N", defaultValue = "16", description = "of each kind of data, 1 to 1024 (default: ${DEFAULT-VALUE})")
    private int mebibytes;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where compression.json and compression.csv go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    /** A way to make chunks smaller, and whole again. */
    interface Codec {

        /** @return how many bytes of {@code to} it took */
        int compress(byte[] chunk, byte[] to);

        void decompress(byte[] from, int length, byte[] chunk);
    }

    @Override
    public Integer call() {
        check(rounds >= 1 && rounds <= 1000, "--rounds must be 1 to 1000, got " + rounds);
        check(mebibytes >= 1 && mebibytes <= 1024, "--mib must be 1 to 1024, got " + mebibytes);
        Progress progress = new Progress(spec.commandLine().getOut(), InstantSource.system());
        Results<CompressionRun> results = new Results<>(out, "compression",
                Machine.here().and("java", Runtime.version().toString()),
                Map.of("rounds", rounds, "mib", mebibytes, "chunk", CHUNK, "zstd_level", ZSTD_LEVEL),
                CompressionRun.class);
        Map<String, byte[]> all = data(mebibytes << 20);
        Map<String, Codec> codecs = Map.of("WKdm", wkdm(), "zstd", zstd());
        progress.runsBegin();
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, byte[]> data : all.entrySet()) {
                for (String codec : codecs.keySet().stream().sorted().toList()) {
                    CompressionRun run = measure(round, data.getKey(), data.getValue(), codec, codecs.get(codec));
                    if (round > 0) {
                        results.add(run);
                        progress.ran(results.runs().size(), rounds * all.size() * codecs.size(),
                                data.getKey() + ", " + codec);
                    }
                }
            }
        }
        progress.say("");
        progress.say(table(results.runs()));
        progress.say("Results: " + results.folder().resolve("compression.json"));
        return 0;
    }

    /** What the writes of a VM may leave in a layer; always the same bytes for a size. */
    static Map<String, byte[]> data(int bytes) {
        Random random = new Random(1);
        Map<String, byte[]> data = new LinkedHashMap<>();
        data.put("zeroes, 5 % noise", sprinkled(bytes, random, 20));
        data.put("zeroes, 20 % noise", sprinkled(bytes, random, 5));
        data.put("a log", Stuff.lines(bytes, random));
        data.put("a program", program(bytes));
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        data.put("noise", noise);
        return data;
    }

    /** Runs of 64 bytes, one of so many with contents: a block of which little was ever written. */
    private static byte[] sprinkled(int bytes, Random random, int oneOf) {
        byte[] sprinkled = new byte[bytes];
        byte[] run = new byte[64];
        for (int at = 0; at < bytes; at += run.length) {
            if (random.nextInt(oneOf) == 0) {
                random.nextBytes(run);
                System.arraycopy(run, 0, sprinkled, at, run.length);
            }
        }
        return sprinkled;
    }

    private static byte[] program(int bytes) {
        byte[] program = new byte[bytes];
        try {
            for (int filled = 0; filled < bytes;) {
                try (InputStream in = Files.newInputStream(PROGRAM)) {
                    filled += in.readNBytes(program, filled, bytes - filled);
                }
            }
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(PROGRAM + " cannot be read", e);
        }
    }

    static Codec zstd() {
        ZstdCompressCtx compressor = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
        ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
        return new Codec() {

            @Override
            public int compress(byte[] chunk, byte[] to) {
                return compressor.compressByteArray(to, 0, to.length, chunk, 0, chunk.length);
            }

            @Override
            public void decompress(byte[] from, int length, byte[] chunk) {
                decompressor.decompressByteArray(chunk, 0, chunk.length, from, 0, length);
            }
        };
    }

    /** Page by page, each behind its length. */
    static Codec wkdm() {
        Wkdm wkdm = new Wkdm();
        byte[] packed = new byte[Wkdm.LENGTH_MAX];
        return new Codec() {

            @Override
            public int compress(byte[] chunk, byte[] to) {
                int next = 0;
                for (int page = 0; page < chunk.length; page += Wkdm.PAGE) {
                    int length = wkdm.compress(chunk, page, packed);
                    to[next] = (byte) length;
                    to[next + 1] = (byte) (length >> 8);
                    System.arraycopy(packed, 0, to, next + 2, length);
                    next += 2 + length;
                }
                return next;
            }

            @Override
            public void decompress(byte[] from, int length, byte[] chunk) {
                int next = 0;
                for (int page = 0; page < chunk.length; page += Wkdm.PAGE) {
                    int one = from[next] & 0xff | (from[next + 1] & 0xff) << 8;
                    System.arraycopy(from, next + 2, packed, 0, one);
                    wkdm.decompress(packed, chunk, page);
                    next += 2 + one;
                }
            }
        };
    }

    private static CompressionRun measure(int round, String name, byte[] data, String codecName, Codec codec) {
        byte[] chunk = new byte[CHUNK];
        byte[] again = new byte[CHUNK];
        byte[] packed = new byte[2 * CHUNK];
        long compressed = 0;
        long compressionNs = 0;
        long decompressionNs = 0;
        for (int at = 0; at < data.length; at += CHUNK) {
            System.arraycopy(data, at, chunk, 0, CHUNK);
            long from = ProcessorTime.ofThisThreadNs();
            int length = codec.compress(chunk, packed);
            long between = ProcessorTime.ofThisThreadNs();
            codec.decompress(packed, length, again);
            decompressionNs += ProcessorTime.ofThisThreadNs() - between;
            compressionNs += between - from;
            compressed += length;
            if (!Arrays.equals(chunk, again)) {
                throw new LabException(codecName + " does not give back what it was given of " + name);
            }
        }
        return new CompressionRun(round, name, codecName, data.length, compressed, compressionNs / NANOS,
                decompressionNs / NANOS);
    }

    /** ASCII; medians. */
    static String table(List<CompressionRun> runs) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-20s %-6s %4s %10s %16s %18s%n", "", "",
                "n", "left of it", "compress, MiB/s", "decompress, MiB/s"));
        runs.stream().map(run -> List.of(run.data(), run.codec())).distinct().forEach(subject -> {
            List<CompressionRun> some = runs.stream()
                    .filter(run -> List.of(run.data(), run.codec()).equals(subject)).toList();
            text.append(String.format(Locale.ROOT, "%-20s %-6s %4d %8.1f %% %16.0f %18.0f%n", subject.getFirst(),
                    subject.getLast(), some.size(), some.getFirst().share() * 100,
                    Sample.of(some.stream().map(CompressionRun::compressedMibPerS).toList()).median(),
                    Sample.of(some.stream().map(CompressionRun::decompressedMibPerS).toList()).median()));
        });
        return text.toString();
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
