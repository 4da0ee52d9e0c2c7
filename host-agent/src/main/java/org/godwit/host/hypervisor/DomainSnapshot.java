package org.godwit.host.hypervisor;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/**
 * A domain as it was at one moment.
 *
 * @param reason why it is in this state, in libvirt's word, lower case
 * @param memoryBytes the most that it may have
 * @param persistent whether it is still known when it is off
 */
public record DomainSnapshot(UUID uuid, String name, State state, String reason, long memoryBytes, boolean persistent,
        DomainXml xml) {

    /** libvirt's states as far as they matter here. */
    public enum State {
        RUNNING, PAUSED, SHUTOFF, OTHER
    }

    public DomainSnapshot {
        requireNonNull(uuid, "uuid is null");
        requireNonNull(name, "name is null");
        requireNonNull(state, "state is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(xml, "xml is null");
    }

    public boolean isRunning() {
        return state == State.RUNNING;
    }
}
