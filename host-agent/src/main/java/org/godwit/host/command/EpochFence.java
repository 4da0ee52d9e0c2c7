package org.godwit.host.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.godwit.model.Epoch;

/**
 * The highest epoch seen of each VM, one small file each. It is on disk before a command of a new epoch is performed: an
 * agent that crashed refuses what was given up before the crash.
 */
public final class EpochFence {

    private final Path folder;

    /** @param folder made when missing */
    public EpochFence(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder of epochs " + folder, e);
        }
    }

    /**
     * Lets a command of this epoch or a higher one pass, and remembers it.
     *
     * @return false when a higher one has been seen: the command must not be performed
     * @throws UncheckedIOException when that cannot be known or remembered: the command must not be performed either
     */
    public synchronized boolean admits(UUID vm, Epoch epoch) {
        try {
            Epoch highest = read(vm);
            if (epoch.isOlderThan(highest)) {
                return false;
            }
            if (highest.isOlderThan(epoch)) {
                write(vm, epoch);
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the epoch of " + vm + " under " + folder, e);
        }
    }

    /** The highest epoch seen. */
    public synchronized Epoch highest(UUID vm) {
        try {
            return read(vm);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the epoch of " + vm + " under " + folder, e);
        }
    }

    private Epoch read(UUID vm) throws IOException {
        try {
            return new Epoch(Long.parseLong(Files.readString(file(vm)).strip()));
        } catch (NoSuchFileException e) {
            return Epoch.NONE;
        } catch (IllegalArgumentException e) {
            throw new IOException(file(vm) + " does not hold a number", e);
        }
    }

    /** Write aside, force, rename, force the folder: after a crash either the old number is there or the new one. */
    private void write(UUID vm, Epoch epoch) throws IOException {
        Path aside = folder.resolve(vm + ".new");
        try (FileChannel file = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer text = ByteBuffer.wrap((epoch + "\n").getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                file.write(text);
            }
            file.force(true);
        }
        Files.move(aside, file(vm), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private Path file(UUID vm) {
        return folder.resolve(vm.toString());
    }
}
