package org.godwit.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.godwit.protocol.guest.ImsKey;

/** The secret behind {@link ProxyAddresses}, in hex. It never leaves the gateway, so the gateway makes it. */
final class ProxyKeyFile {

    private static final int BYTES = 32;

    private ProxyKeyFile() {}

    /**
     * What the file holds; a file that does not exist is made, for root only.
     *
     * @throws IOException when there is neither; the message names the file
     */
    static byte[] read(Path file, SecureRandom random) throws IOException {
        if (!Files.exists(file)) {
            make(file, random);
        }
        try {
            return new ImsKey(Files.readString(file, US_ASCII).strip()).bytes();
        } catch (IllegalArgumentException e) {
            throw new IOException("the proxy key file " + file + " holds no key: " + e.getMessage(), e);
        }
    }

    /** Under another name first: a half-written key would be taken for a whole one after a crash. */
    private static void make(Path file, SecureRandom random) throws IOException {
        Path whole = file.toAbsolutePath();
        Path part = whole.resolveSibling(whole.getFileName() + ".new");
        byte[] key = new byte[BYTES];
        random.nextBytes(key);
        Files.deleteIfExists(part);
        try (SeekableByteChannel channel = Files.newByteChannel(part,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            Channels.newOutputStream(channel).write((HexFormat.of().formatHex(key) + "\n").getBytes(US_ASCII));
        } catch (FileAlreadyExistsException e) {
            throw new IOException("somebody else makes the proxy key file " + file + " at this moment", e);
        }
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
    }
}
