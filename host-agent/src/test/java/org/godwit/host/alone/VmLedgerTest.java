package org.godwit.host.alone;

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

class VmLedgerTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000002");

    @TempDir
    Path folder;

    @Test
    void equalAndHigherEpochsPassAndLowerOnesDoNot() {
        VmLedger ledger = new VmLedger(folder);
        assertThat(ledger.admits(VM, new Epoch(7))).isTrue();
        assertThat(ledger.admits(VM, new Epoch(7))).isTrue();
        assertThat(ledger.admits(VM, new Epoch(6))).isFalse();
        assertThat(ledger.admits(VM, new Epoch(8))).isTrue();
        assertThat(ledger.admits(OTHER, new Epoch(1))).as("another VM").isTrue();
    }

    @Test
    void aRestartedAgentRemembers() {
        assertThat(new VmLedger(folder).admits(VM, new Epoch(7))).isTrue();
        VmLedger restarted = new VmLedger(folder);
        assertThat(restarted.admits(VM, new Epoch(6))).isFalse();
        assertThat(restarted.highest(VM)).isEqualTo(new Epoch(7));
    }

    @Test
    void aFileThatWasHalfWrittenBeforeACrashDoesNotCount() throws IOException {
        assertThat(new VmLedger(folder).admits(VM, new Epoch(7))).isTrue();
        Files.writeString(folder.resolve(VM + ".new"), "99999");
        assertThat(new VmLedger(folder).admits(VM, new Epoch(8))).isTrue();
    }

    @Test
    void aDamagedFileLetsNothingPass() throws IOException {
        Files.writeString(folder.resolve(VM.toString()), "seven");
        assertThatThrownBy(() -> new VmLedger(folder).admits(VM, new Epoch(8)))
                .isInstanceOf(UncheckedIOException.class).hasMessageContaining(VM.toString());
    }

    @Test
    void whereAVmStandsOutlivesTheAgentAndItsEpochs() {
        VmLedger ledger = new VmLedger(folder);
        ledger.admits(VM, new Epoch(7));
        assertThat(ledger.happened(VM, StandEvent.GATEWAY_STAGING)).isPresent();
        assertThat(ledger.happened(VM, StandEvent.COPY_BEGINS)).isPresent();

        VmLedger restarted = new VmLedger(folder);
        assertThat(restarted.stand(VM)).isEqualTo(Stand.COPYING);
        assertThat(restarted.unfinished()).containsExactly(VM);
        restarted.admits(VM, new Epoch(8));
        assertThat(restarted.happened(VM, StandEvent.COPY_BEGINS)).as("a copy is begun once").isEmpty();
        restarted.happened(VM, StandEvent.UNSTAGED);
        assertThat(new VmLedger(folder).unfinished()).isEmpty();
    }

    @Test
    void whatAnEarlierAgentWroteIsUnderstood() throws IOException {
        Files.writeString(folder.resolve(VM.toString()), "7\n");
        VmLedger ledger = new VmLedger(folder);
        assertThat(ledger.highest(VM)).isEqualTo(new Epoch(7));
        assertThat(ledger.stand(VM)).isEqualTo(Stand.IDLE);
    }
}
