package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;

/**
 * One write of the control server to the mapping of a HoA, as {@link AddressMappings} explains it.
 *
 * @param moa empty for {@link Verb#UNSTAGE} only
 */
public record Write(Verb verb, HomeAddress hoa, Optional<MobileAddress> moa, Epoch epoch) {

    public enum Verb {
        STAGE, ACTIVATE, REINSTATE, UNSTAGE
    }

    /** @throws IllegalArgumentException when there is no MoA where one is needed, or one where none is */
    public Write {
        requireNonNull(verb, "verb is null");
        requireNonNull(hoa, "hoa is null");
        requireNonNull(moa, "moa is null");
        requireNonNull(epoch, "epoch is null");
        if (moa.isPresent() == (verb == Verb.UNSTAGE)) {
            throw new IllegalArgumentException(verb + (moa.isPresent() ? " takes no MoA" : " needs a MoA"));
        }
    }

    static Write stage(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return new Write(Verb.STAGE, hoa, Optional.of(moa), epoch);
    }

    static Write activate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return new Write(Verb.ACTIVATE, hoa, Optional.of(moa), epoch);
    }

    static Write reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return new Write(Verb.REINSTATE, hoa, Optional.of(moa), epoch);
    }

    static Write unstage(HomeAddress hoa, Epoch epoch) {
        return new Write(Verb.UNSTAGE, hoa, Optional.empty(), epoch);
    }

    /** Returns whether the mapping is another one now. @throws MappingRefusedException then nothing has changed */
    boolean applyTo(MappingTable table) {
        return switch (verb) {
            case STAGE -> table.change(hoa, epoch, this::staged);
            case ACTIVATE -> activate(table);
            case REINSTATE -> table.mapping(hoa).retired().equals(moa)
                    ? table.reinstate(hoa, moa.orElseThrow(), epoch)
                    : activate(table);
            case UNSTAGE -> table.change(hoa, epoch, mapping -> mapping.unstage(epoch));
        };
    }

    private boolean activate(MappingTable table) {
        return table.change(hoa, epoch, mapping -> mapping.activate(moa.orElseThrow(), epoch));
    }

    private Mapping staged(Mapping mapping) {
        if (mapping.active().equals(moa)) {
            throw new MappingRefusedException(new MappingRefusal.AlreadyActive(hoa, moa.orElseThrow()));
        }
        return mapping.stage(moa.orElseThrow(), epoch);
    }
}
