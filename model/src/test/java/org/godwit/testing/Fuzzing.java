package org.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs Jazzer on a class that has {@code public static void fuzzerTestOneInput(byte[])}, in a process of its own with a small
 * heap: an exception, an input that takes longer than 90 s, or a heap that is full fails the test. 500 inputs, which takes
 * seconds, or with {@code -Dfuzz.seconds=N} for as long; what it has learned stays in {@code target/fuzz} for the next run.
 */
public final class Fuzzing {

    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 0);
    private static final int SHORT_SECONDS_MAX = 60;
    private static final int SHORT_RUNS = 500;
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final int INPUT_BYTES_MAX = 32 * 1024;
    /** The first input also pays for the loading of classes, on a machine that may be busy. */
    private static final int INPUT_SECONDS_MAX = 90;
    private static final int LINES_SHOWN = 60;

    private Fuzzing() {}

    /** @param seeds what valid input looks like */
    public static void run(Class<?> target, List<byte[]> seeds) {
        Path folder = Path.of("target/fuzz", target.getSimpleName()).toAbsolutePath();
        Path log = folder.resolve("log");
        try {
            Path corpus = Files.createDirectories(folder.resolve("corpus"));
            for (int i = 0; i < seeds.size(); i++) {
                Files.write(corpus.resolve("seed-" + i), seeds.get(i));
            }
            Process process = new ProcessBuilder(command(target, folder, corpus)).redirectErrorStream(true)
                    .redirectOutput(log.toFile()).start();
            try {
                if (!process.waitFor(Math.max(SECONDS, SHORT_SECONDS_MAX) + START_MAX.toSeconds(), TimeUnit.SECONDS)) {
                    fail("Jazzer does not end; the end of " + log + ":\n" + end(log));
                }
                assertThat(process.exitValue()).as(() -> "exit code; the end of " + log + ":\n" + end(log)).isZero();
                assertThat(end(log)).as("what Jazzer says in the end").contains("Done ");
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("interrupted");
        }
    }

    private static List<String> command(Class<?> target, Path folder, Path corpus) {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=" + (SECONDS == 0 ? 1 : 4), "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Djazzer.internal.basedir=" + folder, "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer", "--target_class=" + target.getName(),
                "--instrumentation_includes=org.godwit.**", "--custom_hook_includes=org.godwit.**",
                "--reproducer_path=" + folder, "-artifact_prefix=" + folder + "/", "-timeout=" + INPUT_SECONDS_MAX,
                SECONDS == 0 ? "-runs=" + SHORT_RUNS : "-runs=-1",
                "-max_total_time=" + (SECONDS == 0 ? SHORT_SECONDS_MAX : SECONDS),
                "-rss_limit_mb=3072", "-max_len=" + INPUT_BYTES_MAX, corpus.toString());
    }

    private static String end(Path log) {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }
}
