package org.godwit.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file that only its owner can read. It is made before the secret is asked for: a secret that is shown once and then cannot
 * be written would be lost.
 */
final class SecretFile implements AutoCloseable {

    private final Path path;
    private boolean written;

    private SecretFile(Path path) {
        this.path = path;
    }

    static SecretFile make(Path path) {
        try {
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Files.createFile(path, ownerOnly);
            return new SecretFile(path);
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure(ExitStatus.FAILED,
                    path + " exists already and is not overwritten; nothing was sent", e);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, path + " cannot be made; nothing was sent", e);
        }
    }

    void write(String secret) {
        try {
            Files.writeString(path, secret + "\n");
            written = true;
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, path
                    + " could not be written and the secret is lost: remove what was added and add it again", e);
        }
    }

    /** Somebody else has written it. */
    void keep() {
        written = true;
    }

    /** Leaves no empty file behind when no secret came. */
    @Override
    public void close() {
        if (!written) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException _) {
                // The failure that brought us here matters more, and an empty file gives nothing away.
            }
        }
    }
}
