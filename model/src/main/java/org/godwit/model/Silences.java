package org.godwit.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How long nothing went from a VM to its peers, and came from them to it, around its landing, as the VM itself has it: by its own
 * clock, which stands still while it is paused. With the pause it is the network outage (T_DW). Zero to {@link #MAX}.
 *
 * @param vmToPeer of packets that its programs sent, no less than it was; empty when they did not both before and after
 * @param peerToVm of any packets; empty when nothing came both before and after
 */
public record Silences(Optional<Duration> vmToPeer, Optional<Duration> peerToVm) {

    public static final Duration MAX = Duration.ofHours(1);

    /** Nothing was sent, or nobody has told. */
    public static final Silences UNKNOWN = new Silences(Optional.empty(), Optional.empty());

    /** @throws IllegalArgumentException when out of range */
    public Silences {
        requireNonNull(vmToPeer, "vmToPeer is null");
        requireNonNull(peerToVm, "peerToVm is null");
        Stream.of(vmToPeer, peerToVm).flatMap(Optional::stream).forEach(silence -> {
            if (silence.isNegative() || silence.compareTo(MAX) > 0) {
                throw new IllegalArgumentException("a silence lasts from nothing to " + MAX + ", got " + silence);
            }
        });
    }
}
