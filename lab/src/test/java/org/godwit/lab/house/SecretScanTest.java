package org.godwit.lab.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is planted is found, so that nothing found means that there is nothing. */
class SecretScanTest {

    @TempDir
    Path folder;

    private final SecretScan scan = new SecretScan().add("in arguments", "0123456789abcdef-arguments")
            .add("in an environment", "0123456789abcdef-environment").add("in a log", "0123456789abcdef-log");

    @Test
    void aSecretInALogIsFound() throws IOException {
        assertThat(scan.in(folder)).isEmpty();
        Path log = Files.writeString(Files.createDirectory(folder.resolve("logs")).resolve("a.log"),
                "\u00e9\0token=0123456789abcdef-log.\n");
        assertThat(scan.in(folder)).containsExactly("in a log is in " + log);
    }

    @Test
    void aSecretOfAProcessIsFound() {
        assertThat(scan.inProcesses()).isEmpty();
        // "sh" waits for a line, with what it was told in its arguments.
        try (Running process = Processes.start(List.of("sh", "-c", "read line", "0123456789abcdef-arguments"),
                folder.resolve("sh.log"), Map.of("TOKEN", "0123456789abcdef-environment"))) {
            assertThat(scan.inProcesses()).containsExactlyInAnyOrder(
                    "in arguments is in /proc/" + process.pid() + "/cmdline",
                    "in an environment is in /proc/" + process.pid() + "/environ");
        }
    }
}
