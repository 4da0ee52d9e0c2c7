package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;

/**
 * What a migration has learned on its way. Later effects take their arguments from here.
 *
 * @param secondaryMac of the interface that the VM arrives with
 * @param moa the MoA at the target: predicted from the MAC at first, then what the guest really formed
 * @param linkLocal the link-local address beside it
 * @param silences the guest's word
 * @param calledOff why the copy shall not come to its end: if it does not, that is why, whatever the hypervisors say
 * @param failure the first one that decided; while steps are being retried, the last one
 * @param attempts how often the present step has failed in a row
 * @param overdue whether the present phase lasts longer than it should
 */
public record Knowledge(Optional<MacAddress> secondaryMac, Optional<MobileAddress> moa,
        Optional<LinkLocalAddress> linkLocal, Optional<CopyDestination> destination, Optional<CopyFigures> figures,
        Silences silences, Optional<MigrationFailure> calledOff, Optional<MigrationFailure> failure, int attempts,
        boolean overdue) {

    public static final Knowledge NONE = new Knowledge(Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), Silences.UNKNOWN, Optional.empty(), Optional.empty(), 0, false);

    public Knowledge {
        requireNonNull(secondaryMac, "secondaryMac is null");
        requireNonNull(moa, "moa is null");
        requireNonNull(linkLocal, "linkLocal is null");
        requireNonNull(destination, "destination is null");
        requireNonNull(figures, "figures is null");
        requireNonNull(silences, "silences is null");
        requireNonNull(calledOff, "calledOff is null");
        requireNonNull(failure, "failure is null");
        if (attempts < 0) {
            throw new IllegalArgumentException("attempts are never negative, got " + attempts);
        }
    }

    Knowledge withInterface(MacAddress mac, MobileAddress predictedMoa) {
        return new Knowledge(Optional.of(mac), Optional.of(predictedMoa), Optional.of(mac.linkLocal()), destination,
                figures, silences, calledOff, failure, attempts, overdue);
    }

    Knowledge withAddress(MobileAddress formedMoa, LinkLocalAddress formedLinkLocal) {
        return new Knowledge(secondaryMac, Optional.of(formedMoa), Optional.of(formedLinkLocal), destination, figures,
                silences, calledOff, failure, attempts, overdue);
    }

    Knowledge withDestination(CopyDestination value) {
        return new Knowledge(secondaryMac, moa, linkLocal, Optional.of(value), figures, silences, calledOff, failure,
                attempts,
                overdue);
    }

    Knowledge withFigures(CopyFigures value) {
        return new Knowledge(secondaryMac, moa, linkLocal, destination, Optional.of(value), silences, calledOff,
                failure,
                attempts,
                overdue);
    }

    Knowledge withSilences(Silences value) {
        return new Knowledge(secondaryMac, moa, linkLocal, destination, figures, value, calledOff, failure, attempts,
                overdue);
    }

    Knowledge withCalledOff(Optional<MigrationFailure> value) {
        return new Knowledge(secondaryMac, moa, linkLocal, destination, figures, silences, value, failure, attempts,
                overdue);
    }

    Knowledge withFailure(Optional<MigrationFailure> value) {
        return new Knowledge(secondaryMac, moa, linkLocal, destination, figures, silences, calledOff, value, attempts,
                overdue);
    }

    Knowledge withAttempts(int value) {
        return new Knowledge(secondaryMac, moa, linkLocal, destination, figures, silences, calledOff, failure, value,
                overdue);
    }

    Knowledge withOverdue(boolean value) {
        return new Knowledge(secondaryMac, moa, linkLocal, destination, figures, silences, calledOff, failure, attempts,
                value);
    }
}
