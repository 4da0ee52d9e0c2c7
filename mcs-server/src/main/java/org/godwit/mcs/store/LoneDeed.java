package org.godwit.mcs.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.UUID;
import org.godwit.model.Epoch;
import org.godwit.model.Name;

/**
 * What a host's agent did while no control server commanded it.
 *
 * @param epoch the highest that it had seen of the VM
 * @param vmRan whether the VM ran there then; else it was not there
 * @param at by the host's clock
 */
public record LoneDeed(Name host, UUID vm, Epoch epoch, Kind kind, boolean vmRan, Instant at) {

    public LoneDeed {
        requireNonNull(host, "host is null");
        requireNonNull(vm, "vm is null");
        requireNonNull(epoch, "epoch is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(at, "at is null");
    }

    /** What was done. */
    public enum Kind {

        /** Disarmed the guest and removed the bridge that was the gateway; the VM stays. */
        UNSTAGE("took the staged address back and removed the bridge that was the gateway"),

        /** Removed the bridge that was the gateway, of a VM that has left. */
        REMOVE_STAGING("removed the bridge that was the gateway"),

        /** Made the new interface the guest's only one. */
        SETTLE("made the new interface the guest's only one"),

        /** Left the link alone that was prepared for a VM. */
        DISCARD("stopped preparing its link for the VM");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** What an operator reads. */
    public String sentence() {
        return "Host " + host + " " + kind.words + " by itself, because no control server commanded it; the VM "
                + (vmRan ? "ran there." : "was not there.");
    }
}
