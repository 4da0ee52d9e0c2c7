package org.godwit.host.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.host.alone.DurableFile;

/**
 * Which disks of which VMs something was begun with, one small file a VM. It is on the disk before anything is made, so that the
 * next agent process finds whatever one before has left.
 */
final class DiskNotes {

    private final Path folder;

    /** @param folder made when missing */
    DiskNotes(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the folder of disks " + folder, e);
        }
    }

    /** None when nothing was begun. */
    List<LocalDisk> of(UUID vm) {
        try {
            return Files.readString(file(vm)).lines().map(LocalDisk::parse).toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException | IllegalArgumentException e) {
            throw new DiskException(file(vm) + " cannot be read as what an agent has written: mend or remove it", e);
        }
    }

    void put(UUID vm, List<LocalDisk> disks) {
        if (!of(vm).equals(disks)) {
            DurableFile.replace(file(vm),
                    disks.stream().map(disk -> disk.text() + "\n").collect(Collectors.joining()));
        }
    }

    /** Beside those that are noted already. */
    void add(UUID vm, LocalDisk disk) {
        put(vm, Stream.concat(of(vm).stream().filter(it -> !it.target().equals(disk.target())), Stream.of(disk))
                .toList());
    }

    void remove(UUID vm) {
        try {
            Files.deleteIfExists(file(vm));
        } catch (IOException e) {
            throw new DiskException(file(vm) + " cannot be removed: " + e.getMessage(), e);
        }
    }

    List<UUID> vms() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.length() == 36)
                    .map(UUID::fromString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the folder of disks " + folder, e);
        }
    }

    /** The VMs of which nothing has been noted since then. */
    List<UUID> before(Instant then) {
        return vms().stream().filter(vm -> {
            try {
                return Files.getLastModifiedTime(file(vm)).toInstant().isBefore(then);
            } catch (IOException _) {
                return false;
            }
        }).toList();
    }

    private Path file(UUID vm) {
        return folder.resolve(vm.toString());
    }
}
