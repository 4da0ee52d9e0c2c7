package org.godwit.host.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.godwit.model.Epoch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochFenceTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000002");

    @TempDir
    Path folder;

    @Test
    void equalAndHigherEpochsPassAndLowerOnesDoNot() {
        EpochFence fence = new EpochFence(folder);
        assertThat(fence.admits(VM, new Epoch(7))).isTrue();
        assertThat(fence.admits(VM, new Epoch(7))).isTrue();
        assertThat(fence.admits(VM, new Epoch(6))).isFalse();
        assertThat(fence.admits(VM, new Epoch(8))).isTrue();
        assertThat(fence.admits(OTHER, new Epoch(1))).as("another VM").isTrue();
    }

    @Test
    void aRestartedAgentRemembers() {
        assertThat(new EpochFence(folder).admits(VM, new Epoch(7))).isTrue();
        EpochFence restarted = new EpochFence(folder);
        assertThat(restarted.admits(VM, new Epoch(6))).isFalse();
        assertThat(restarted.highest(VM)).isEqualTo(new Epoch(7));
    }

    @Test
    void aFileThatWasHalfWrittenBeforeACrashDoesNotCount() throws IOException {
        assertThat(new EpochFence(folder).admits(VM, new Epoch(7))).isTrue();
        Files.writeString(folder.resolve(VM + ".new"), "99999");
        assertThat(new EpochFence(folder).admits(VM, new Epoch(8))).isTrue();
    }

    @Test
    void aDamagedFileLetsNothingPass() throws IOException {
        Files.writeString(folder.resolve(VM.toString()), "seven");
        assertThatThrownBy(() -> new EpochFence(folder).admits(VM, new Epoch(8)))
                .isInstanceOf(UncheckedIOException.class).hasMessageContaining(VM.toString());
    }
}
