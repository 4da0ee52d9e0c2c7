package org.godwit.host.command;

import java.util.UUID;
import java.util.function.Consumer;
import org.godwit.host.hypervisor.Hypervisor.MigrationEvents;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.VmPaused;
import org.godwit.protocol.agent.VmResumed;

/** Tells the MCS at once when a migrating VM is paused or resumed on this host, and this host when one arrives. */
public record SwitchoverNotices(Outbox outbox, Consumer<UUID> arriving,
        Consumer<UUID> arrived) implements MigrationEvents {

    @Override
    public void arriving(UUID uuid) {
        arriving.accept(uuid);
    }

    @Override
    public void pausedForSwitchover(UUID uuid) {
        outbox.tell(Notice.newBuilder().setVmUuid(uuid.toString()).setVmPaused(VmPaused.getDefaultInstance()).build());
    }

    @Override
    public void resumedAfterSwitchover(UUID uuid) {
        arrived.accept(uuid);
        outbox.tell(
                Notice.newBuilder().setVmUuid(uuid.toString()).setVmResumed(VmResumed.getDefaultInstance()).build());
    }
}
