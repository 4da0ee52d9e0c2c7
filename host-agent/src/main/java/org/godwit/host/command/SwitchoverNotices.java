package org.godwit.host.command;

import java.util.UUID;
import org.godwit.host.hypervisor.Hypervisor.MigrationEvents;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.VmPaused;
import org.godwit.protocol.agent.VmResumed;

/** Tells the MCS at once when a migrating VM is paused or resumed on this host. */
public record SwitchoverNotices(Outbox outbox) implements MigrationEvents {

    @Override
    public void pausedForSwitchover(UUID uuid) {
        outbox.tell(Notice.newBuilder().setVmUuid(uuid.toString()).setVmPaused(VmPaused.getDefaultInstance()).build());
    }

    @Override
    public void resumedAfterSwitchover(UUID uuid) {
        outbox.tell(
                Notice.newBuilder().setVmUuid(uuid.toString()).setVmResumed(VmResumed.getDefaultInstance()).build());
    }
}
