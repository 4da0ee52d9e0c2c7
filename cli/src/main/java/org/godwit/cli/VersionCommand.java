package org.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Print the version of this command.", footerHeading = "%nExample:%n", footer = "  godwit version")
record VersionCommand(GodwitCommand godwit) implements Runnable {

    @Override
    public void run() {
        PrintWriter out = godwit.surroundings().out();
        out.println(switch (godwit.output()) {
            case JSON -> "{\"version\": \"" + version() + "\"}";
            case YAML -> "version: \"" + version() + "\"";
            case TABLE, WIDE, NAME -> "godwit " + version();
        });
        out.flush();
    }

    private static String version() {
        try (InputStream resource = VersionCommand.class.getResourceAsStream("version.txt")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
