package org.godwit.host.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.host.hypervisor.DomainXml.FileDisk;
import org.godwit.host.program.Programs;
import org.godwit.model.SharedFilesystem;

/** Tells which disks of a VM have to travel with it, and whether they can. */
public final class DiskSurvey {

    private static final String SEE = ": see docs/disks.md of Godwit";

    private final Images images;

    public DiskSurvey(Programs programs) {
        images = new Images(programs);
    }

    /**
     * A disk that has to travel.
     *
     * @param virtualBytes as the VM sees it; 0 when that is not known
     * @param usedBytes what it takes on the storage of this host, its backing images included; 0 when that is not known
     * @param lack why it cannot travel; empty when it can
     */
    public record Found(String target, String path, String format, long virtualBytes, long usedBytes, String lack) {}

    /** Those that the VM may write to and that are files of this host alone. Nothing else needs to travel. */
    public static List<FileDisk> local(DomainXml xml) {
        return xml.fileDisks().stream().filter(disk -> disk.writable() && isLocal(disk.path())).toList();
    }

    private static boolean isLocal(String path) {
        try {
            return !SharedFilesystem.is(Files.getFileStore(Path.of(path)).type());
        } catch (IOException e) {
            // A file that is not there is found missing by others.
            return false;
        }
    }

    public List<Found> look(DomainXml xml) {
        return local(xml).stream().map(this::look).toList();
    }

    private Found look(FileDisk disk) {
        String lack = lack(disk);
        if (!lack.isEmpty()) {
            return new Found(disk.target(), disk.path(), disk.format(), 0, 0, lack);
        }
        try {
            Images.Description image = images.describe(Path.of(disk.path()), disk.format());
            return new Found(disk.target(), disk.path(), disk.format(), image.virtualBytes(), image.usedBytes(),
                    lack(image));
        } catch (DiskException e) {
            return new Found(disk.target(), disk.path(), disk.format(), 0, 0,
                    "it or what it is backed by cannot be read: " + e.getMessage());
        }
    }

    private static String lack(FileDisk disk) {
        if (!LocalDisk.FORMATS.contains(disk.format())) {
            return "its format is \"" + disk.format() + "\", and only qcow2 and raw can travel" + SEE;
        }
        if (LocalDisk.isLayer(disk.path())) {
            return stillBeingPutTogether(disk);
        }
        if (disk.path().getBytes(StandardCharsets.UTF_8).length > LocalDisk.PATH_BYTES_MAX) {
            return "its path has more than " + LocalDisk.PATH_BYTES_MAX + " bytes: move it to a shorter one";
        }
        if (disk.isShared()) {
            return "several VMs may write to it: it cannot leave with one of them";
        }
        return "";
    }

    static String stillBeingPutTogether(FileDisk disk) {
        return "it is still being put together after a migration: wait until " + disk.path() + " is gone";
    }

    private static String lack(Images.Description image) {
        if (image.hasSnapshots()) {
            return "it has snapshots inside, which would be lost: remove them (qemu-img snapshot -l, -d)";
        }
        return image.isEncrypted() ? "it is encrypted, and only QEMU has the key" + SEE : "";
    }
}
