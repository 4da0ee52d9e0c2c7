package org.godwit.host.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.godwit.disk.Disk;
import org.godwit.host.program.Programs;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("vm")
class ImageServersTest {

    private static final Programs PROGRAMS = new Programs(List.of(), Duration.ofSeconds(30));

    @TempDir
    Path folder;

    @BeforeAll
    static void needsQemu() {
        Tier.VM.needs(Identities.missing());
    }

    @Test
    void aServerThatAKilledProcessNeverConnectedToIsLetGoByTheNextOne() throws IOException {
        Path image = folder.resolve("vm1.qcow2");
        new Images(PROGRAMS).create(image, "qcow2", 1 << 20);
        ImageServers killed = new ImageServers(PROGRAMS, folder.resolve("landing"));
        ImageServers.Server left = killed.serve(image, "qcow2", false, 1);
        assertThatThrownBy(() -> killed.serve(image, "qcow2", false, 1)).hasMessageContaining("lock");

        ImageServers next = new ImageServers(PROGRAMS, folder.resolve("landing"));
        left.awaitEnd();
        try (ImageServers.Server server = next.serve(image, "qcow2", false, 1); Disk disk = server.open()) {
            assertThat(disk.size()).isEqualTo(1 << 20);
        }
    }
}
