package org.godwit.host.disk;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.godwit.disk.Disk;
import org.godwit.disk.nbd.NbdDisk;
import org.godwit.host.program.ProgramException;
import org.godwit.host.program.Programs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves disk images by qemu-nbd, which knows formats and chains. */
final class ImageServers {

    private static final Logger LOG = LoggerFactory.getLogger(ImageServers.class);
    private static final String SOCKET = ".nbd";
    private static final Duration FLUSH_TIME_MAX = Duration.ofSeconds(30);

    private final Programs programs;
    private final Path folder;
    private final AtomicInteger started = new AtomicInteger();

    /** @param folder for sockets and logs alone: made when missing; of what a process before has left there, servers are let go */
    ImageServers(Programs programs, Path folder) {
        this.programs = programs;
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            try (Stream<Path> left = Files.list(folder)) {
                for (Path file : left.toList()) {
                    if (file.getFileName().toString().endsWith(SOCKET)) {
                        letGo(file);
                    }
                    // A server that ends removes its socket itself.
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the folder of sockets " + folder, e);
        }
    }

    /** A process that was killed before it connected has left a server that waits for it, and keeps the image locked. */
    private static void letGo(Path socket) {
        try (Disk _ = NbdDisk.open(socket, "")) {
            LOG.info("the server at {} is let go: who started it has ended", socket);
        } catch (IOException e) {
            LOG.debug("nobody serves at {}: {}", socket, e.getMessage());
        }
    }

    /**
     * Serves an image until nobody is connected any more, whatever becomes of this process: so somebody must connect at once and
     * stay. Of one that is only read, it tells also what its uppermost layer has itself.
     *
     * @param connections at the same time
     * @throws DiskException when it cannot be opened
     */
    Server serve(Path image, String format, boolean readOnly, int connections) {
        Path files = folder.resolve(String.valueOf(started.incrementAndGet()));
        Path socket = files.resolveSibling(files.getFileName() + SOCKET);
        Path ready = files.resolveSibling(files.getFileName() + ".pid");
        Path log = files.resolveSibling(files.getFileName() + ".log");
        try {
            List<String> command = new ArrayList<>(List.of("qemu-nbd", "--pid-file=" + ready, "--socket=" + socket,
                    "--shared=" + connections, "--format=" + format));
            command.addAll(readOnly ? List.of("--read-only", "--allocation-depth") : List.of("--discard=unmap"));
            command.add(image.toString());
            return new Server(socket, List.of(socket, ready, log),
                    programs.serve(ready, log, command.toArray(String[]::new)));
        } catch (ProgramException e) {
            List.of(socket, ready, log).forEach(Flattening::delete);
            throw new DiskException(image + " cannot be served: " + e.getMessage(), e);
        }
    }

    /** An image that is served. */
    record Server(Path socket, List<Path> files, Process process) implements Disk.Opener, Closeable {

        @Override
        public Disk open() throws IOException {
            return NbdDisk.open(socket, "");
        }

        /** Nobody is connected any more: waits until the image is let go, written and all. */
        void awaitEnd() throws IOException {
            try {
                if (!process.waitFor(FLUSH_TIME_MAX.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IOException("qemu-nbd does not end");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("stopped while qemu-nbd ended", e);
            }
        }

        @Override
        public void close() throws IOException {
            process.destroy();
            awaitEnd();
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
