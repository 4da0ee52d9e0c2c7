package org.godwit.mcs.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** What control server and mapping server prove themselves with to each other's operator: the same text in a file of each. */
public final class AdminToken {

    private static final int LENGTH_MIN = 32;
    private static final String SCHEME = "Bearer ";

    private final String text;

    private AdminToken(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException when the text is too short to be a secret or does not fit into a header */
    public static AdminToken of(String text) {
        if (text.length() < LENGTH_MIN || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(
                    "an administrative token has at least " + LENGTH_MIN + " printable characters and no blanks:"
                            + " \"openssl rand -hex 32\" makes one");
        }
        return new AdminToken(text);
    }

    /** The first line of the file. */
    public static AdminToken read(Path file) {
        try {
            return of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("the token file " + file + " cannot be read", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the token file " + file + " does not serve: " + e.getMessage(), e);
        }
    }

    /** For the header {@code Authorization}. */
    String header() {
        return SCHEME + text;
    }

    /** In constant time. @param header may be null */
    boolean isIn(String header) {
        return header != null && MessageDigest.isEqual(header().getBytes(StandardCharsets.UTF_8),
                header.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "AdminToken[" + text.length() + " characters]";
    }
}
