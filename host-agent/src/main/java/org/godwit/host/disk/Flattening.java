package org.godwit.host.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml.FileDisk;
import org.godwit.host.hypervisor.Hypervisor;

/** Puts the overlays of a VM that runs here into its images, and removes them. */
record Flattening(Hypervisor hypervisor) {

    /** @throws org.godwit.host.hypervisor.HypervisorException when a disk goes on to be written to its overlay */
    void run(DomainSnapshot domain, List<LocalDisk> disks) {
        Map<String, String> now = domain.xml().fileDisks().stream()
                .collect(Collectors.toMap(FileDisk::target, FileDisk::path));
        for (LocalDisk disk : disks) {
            if (disk.overlay().toString().equals(now.get(disk.target()))) {
                hypervisor.commit(domain.uuid(), disk.target());
                delete(disk.overlay());
            } else {
                putAside(disk);
            }
        }
    }

    /** An overlay that its VM does not write to: perhaps it never did, perhaps it has ended since, and the last writes are there. */
    static void putAside(LocalDisk disk) {
        try {
            if (Files.exists(disk.overlay())) {
                Files.move(disk.overlay(), disk.unused(), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new DiskException(disk.overlay() + " cannot be put aside: " + e.getMessage(), e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new DiskException(file + " cannot be removed: " + e.getMessage(), e);
        }
    }
}
