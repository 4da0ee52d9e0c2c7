package org.godwit.lab.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of named inputs, in the order in which they are added. */
final class Fingerprint {

    private final MessageDigest whole = sha256();
    private final StringBuilder list = new StringBuilder();

    Fingerprint text(String name, String text) {
        return add(name, HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8))));
    }

    Fingerprint file(String name, Path file) {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an input of the guest image cannot be read: " + file, e);
        }
        return add(name, HexFormat.of().formatHex(digest.digest()));
    }

    /** One line for each input: its own hash and its name. */
    String list() {
        return list.toString();
    }

    /** The first 16 hexadecimal digits: enough to tell the images of one machine apart. */
    String hex() {
        return HexFormat.of().formatHex(whole.digest(list.toString().getBytes(StandardCharsets.UTF_8))).substring(0,
                16);
    }

    private Fingerprint add(String name, String hex) {
        list.append(hex).append("  ").append(name).append('\n');
        return this;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
