package org.godwit.lab.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * What a guest boots from.
 *
 * @param kernel Debian's cloud kernel
 * @param initrd everything else: a compressed initramfs, which stays the root file system
 */
public record GuestImage(Path kernel, Path initrd) {

    /** The script that the guest runs when it has it. */
    public static final String WORKLOAD = "/etc/godwit/workload";

    public GuestImage {
        requireNonNull(kernel, "kernel is null");
        requireNonNull(initrd, "initrd is null");
    }

    /**
     * The same image with a few files more, which are there before anything of it runs.
     *
     * @param folder is made, for the longer initrd
     * @param files texts by their absolute paths in the guest
     * @param programs of this machine, which come with their libraries
     * @param more files of this machine by their absolute paths in the guest
     */
    public GuestImage with(Path folder, Map<String, String> files, List<Path> programs, Map<String, Path> more) {
        Path root = Folders.create(folder.resolve("root"));
        files.forEach((path, text) -> {
            Path file = root.resolve(path.substring(1));
            Folders.create(file.getParent());
            Folders.writeLines(file, text.lines().toList());
        });
        MachineFiles.copy(MachineFiles.withLibraries(programs), root);
        more.forEach((path, file) -> Folders.copyFile(file, root.resolve(path.substring(1))));
        Path longer = folder.resolve("initrd");
        Folders.pack(root, longer);
        Folders.delete(root);
        // The kernel unpacks one archive after the other, each compressed or not: Documentation/driver-api/early-userspace.
        try (OutputStream out = Files.newOutputStream(longer, StandardOpenOption.APPEND)) {
            Files.copy(initrd, out);
        } catch (IOException e) {
            throw new UncheckedIOException(longer + " cannot be written", e);
        }
        return new GuestImage(kernel, longer);
    }
}
