package org.godwit.protocol.identity;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Writes files whole or not at all, even when the machine stops. */
public final class PrivateFile {

    private PrivateFile() {}

    /** For the owner alone, from its first byte on. */
    public static void write(Path file, String text) throws IOException {
        write(file, text, "rw-------");
    }

    /** @param permissions such as {@code rw-r--r--} */
    public static void write(Path file, String text, String permissions) throws IOException {
        write(file, text, permissions, Optional.empty());
    }

    /** @param group that the file is to have; empty for this process's own */
    public static void write(Path file, String text, String permissions, Optional<GroupPrincipal> group)
            throws IOException {
        Path next = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
        if (group.isPresent()) {
            view.setGroup(group.get());
        }
        // Whatever this process's umask is.
        view.setPermissions(PosixFilePermissions.fromString(permissions));
        try (FileOutputStream out = new FileOutputStream(next.toFile())) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
