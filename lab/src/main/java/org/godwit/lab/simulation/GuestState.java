package org.godwit.lab.simulation;

import java.time.Duration;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;

import java.util.UUID;

/** A VM as it looks from inside: it travels with the memory. */
final class GuestState {

    final Name name;
    final UUID uuid;
    final HomeAddress hoa;
    final MacAddress mac;
    /** The host for whose site the shim sends. */
    Name activeFor;
    Optional<Name> stagedFor = Optional.empty();
    boolean armed;
    /** Whether it knows its HoA. */
    boolean enrolled = true;
    /** Its agent does not answer earlier. */
    Duration bootedAt = Duration.ZERO;

    GuestState(Name name, UUID uuid, HomeAddress hoa, MacAddress mac, Name activeFor) {
        this.name = name;
        this.uuid = uuid;
        this.hoa = hoa;
        this.mac = mac;
        this.activeFor = activeFor;
    }

    boolean isPreparedFor(Name host) {
        return armed && stagedFor.filter(host::equals).isPresent();
    }

    /** The kernel flips by itself when the VM wakes up somewhere else. */
    void wakesUpAt(Name host) {
        if (isPreparedFor(host)) {
            stagedFor = Optional.of(activeFor);
            activeFor = host;
        }
    }

    /** Nothing of before is left. */
    void boots(Duration until) {
        settle();
        enrolled = false;
        bootedAt = until;
    }

    void enrol(Name host) {
        if (!enrolled) {
            enrolled = true;
            activeFor = host;
        }
    }

    void settle() {
        stagedFor = Optional.empty();
        armed = false;
    }
}
