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

/** Puts the layers of a VM that runs here into its images, and removes them. */
record Flattening(Hypervisor hypervisor, Images images) {

    /** @throws org.godwit.host.hypervisor.HypervisorException when a disk goes on to be written to a layer */
    void run(DomainSnapshot domain, List<LocalDisk> disks) {
        Map<String, String> now = domain.xml().fileDisks().stream()
                .collect(Collectors.toMap(FileDisk::target, FileDisk::path));
        for (LocalDisk disk : disks) {
            String uppermost = now.get(disk.target());
            if (uppermost != null && disk.layerAt(uppermost) > 0) {
                hypervisor.commit(domain.uuid(), disk.target(), disk.path());
                // Those above what it wrote to were made, and never came into use.
                disk.layers().reversed().forEach(Flattening::delete);
            } else {
                putAside(disk);
            }
        }
    }

    /** Layers that their VM does not write to: perhaps it never did, perhaps it has ended since, and the last writes are there. */
    void putAside(LocalDisk disk) {
        for (int layer = 1; layer <= LocalDisk.LAYERS_MAX && Files.exists(disk.layer(layer)); layer++) {
            try {
                Files.move(disk.layer(layer), disk.unused(layer), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new DiskException(disk.layer(layer) + " cannot be put aside: " + e.getMessage(), e);
            }
            if (layer > 1) {
                images.moved(disk.unused(layer), disk.unused(layer - 1));
            }
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
