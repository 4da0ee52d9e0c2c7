package org.godwit.operation.configuration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of what was built. */
public final class BuildVersion {

    private BuildVersion() {}

    public static String text() {
        try (InputStream resource = BuildVersion.class.getResourceAsStream("version.txt")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("version.txt is missing from the jar", e);
        }
    }
}
