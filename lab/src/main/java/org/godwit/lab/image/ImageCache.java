package org.godwit.lab.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Folders that are made once for each fingerprint of their inputs and never change. Several processes may ask at a time:
 * of each kind one makes, the others wait; what a killed one left is swept away by the next.
 */
final class ImageCache {

    private static final String DRAFT = ".draft-";

    /** By lock file, whose locks are per process and not per thread. */
    private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private final Path folder;
    private final Duration kept;
    private final InstantSource clock;

    /** @param kept what has not been asked for so long is deleted */
    ImageCache(Path folder, Duration kept, InstantSource clock) {
        this.folder = requireNonNull(folder, "folder is null");
        this.kept = requireNonNull(kept, "kept is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    Path folder() {
        return folder;
    }

    /** @param make fills an empty folder; called only when there is no folder of this kind and fingerprint yet */
    Path obtain(String kind, Fingerprint inputs, Consumer<Path> make) {
        Path wanted = folder.resolve(kind + "-" + inputs.hex());
        Path lockFile = folder.resolve(kind + ".lock").toAbsolutePath();
        ReentrantLock lock = IN_PROCESS.computeIfAbsent(lockFile, _ -> new ReentrantLock());
        lock.lock();
        try {
            Files.createDirectories(folder);
            try (FileChannel file = FileChannel.open(lockFile, StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE); FileLock _ = file.lock()) {
                sweep(kind, wanted);
                if (!Files.exists(wanted)) {
                    Path draft = Files.createDirectory(folder.resolve(DRAFT + kind));
                    make.accept(draft);
                    Files.writeString(draft.resolve("inputs"), inputs.list());
                    Files.move(draft, wanted, StandardCopyOption.ATOMIC_MOVE);
                }
                Files.setLastModifiedTime(wanted, FileTime.from(clock.instant()));
                return wanted;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the cache in " + folder + " cannot be used", e);
        } finally {
            lock.unlock();
        }
    }

    /** Only while the lock is held: a draft is then nobody's. */
    private void sweep(String kind, Path wanted) throws IOException {
        Instant oldest = clock.instant().minus(kept);
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> stale = entries.filter(Files::isDirectory).filter(entry -> !entry.equals(wanted))
                    .filter(entry -> entry.getFileName().toString().equals(DRAFT + kind)
                            || entry.getFileName().toString().matches(kind + "-[0-9a-f]{16}")
                                    && isOlder(entry, oldest))
                    .toList();
            stale.forEach(Folders::delete);
        }
    }

    private static boolean isOlder(Path entry, Instant oldest) {
        try {
            return Files.getLastModifiedTime(entry).toInstant().isBefore(oldest);
        } catch (IOException e) {
            return false;
        }
    }
}
