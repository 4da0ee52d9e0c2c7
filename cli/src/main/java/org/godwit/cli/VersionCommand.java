package org.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

@Command(name = "version", description = "Print the version of this command.", footerHeading = "%nExample:%n", footer = "  godwit version")
record VersionCommand(GodwitCommand godwit) implements Runnable {

    /** What {@code --version} prints. */
    static final class OfThisBuild implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[]{sentence() };
        }
    }

    @Override
    public void run() {
        godwit.paper().done(RestJson.lenient().createObjectNode().put("version", version()), sentence());
    }

    private static String sentence() {
        return "godwit " + version();
    }

    private static String version() {
        try (InputStream resource = VersionCommand.class.getResourceAsStream("version.txt")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
