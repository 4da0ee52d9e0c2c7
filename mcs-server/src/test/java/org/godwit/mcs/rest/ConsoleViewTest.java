package org.godwit.mcs.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the console computes is tested where it runs, in JavaScript: {@code src/test/js}. */
@Tag("netns")
class ConsoleViewTest {

    private static final Path NODE = Path.of("/usr/bin/node");

    @BeforeAll
    static void needsAnEngine() {
        Tier.NETNS.needs(Files.isExecutable(NODE) ? "" : NODE + " is missing: install nodejs");
    }

    @Test
    void theConsolesOwnTestsPass(@TempDir Path folder) throws IOException, InterruptedException {
        // Node takes a file of this name for a module, as a browser takes what a page calls one.
        Path view = Files.write(folder.resolve("view.mjs"), Contract.resource("console/view.js").getBytes());
        ProcessBuilder command = new ProcessBuilder(NODE.toString(), "--test", "src/test/js/view.test.mjs")
                .redirectErrorStream(true);
        command.environment().put("VIEW", view.toString());
        Process node = command.start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor()).as(said).isZero();
    }
}
