package org.godwit.disk.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.godwit.disk.Disk;

/** Images made by qemu-img and served by qemu-nbd, until closed. */
public final class QemuImages implements AutoCloseable {

    private static final int SECONDS_MAX = 30;

    private final Path folder;
    private final List<Process> servers = new ArrayList<>();

    /** @param folder for sockets */
    public QemuImages(Path folder) {
        this.folder = folder;
    }

    /** A served image. */
    public record Served(Path socket) implements Disk.Opener {
        @Override
        public Disk open() throws IOException {
            return NbdDisk.open(socket, "");
        }
    }

    /** What is not installed, in words. */
    public static String missing() {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "qemu-nbd")));
        return installed ? "" : "needs this Debian package: qemu-utils";
    }

    public static Path create(Path image, String format, long bytes) {
        run("qemu-img", "create", "-q", "-f", format, image.toString(), String.valueOf(bytes));
        if (format.equals("raw")) {
            // qemu-img allocates the first block, to learn later how the storage must be addressed.
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(0);
                file.setLength(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return image;
    }

    /** With sub-clusters of 4 KiB, so that a small write allocates little. */
    public static Path createOverlay(Path image, Path base, String baseFormat) {
        run("qemu-img", "create", "-q", "-f", "qcow2", "-o", "extended_l2=on,cluster_size=128k", "-b", base.toString(),
                "-F", baseFormat, image.toString());
        return image;
    }

    public Served serve(Path image, String format, boolean readOnly) {
        Path socket = folder.resolve("nbd-" + servers.size() + "-" + image.getFileName());
        List<String> command = new ArrayList<>(List.of("qemu-nbd", "--persistent", "--shared=16", "--discard=unmap",
                "--socket=" + socket, "--format=" + format));
        if (readOnly) {
            command.addAll(List.of("--read-only", "--allocation-depth"));
        }
        command.add(image.toString());
        Process server = start(command);
        servers.add(server);
        for (int i = 0; !Files.exists(socket) && server.isAlive() && i < SECONDS_MAX * 100; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertThat(socket).as("qemu-nbd's socket").exists();
        return new Served(socket);
    }

    private static void run(String... command) {
        Process process = start(List.of(command));
        try {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as(command[0] + " ends").isTrue();
            assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Process server : servers) {
            server.destroy();
            try {
                assertThat(server.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("qemu-nbd ends").isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                server.destroyForcibly();
            }
        }
    }
}
