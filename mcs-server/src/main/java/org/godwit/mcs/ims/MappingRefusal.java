package org.godwit.mcs.ims;

import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/** Why the mapping server does not do a write. */
public sealed interface MappingRefusal {

    /** One sentence for an operator. */
    String sentence();

    /** Somebody with a newer epoch has written: whoever asks has been replaced and must stop. */
    record StaleEpoch(HomeAddress hoa, Epoch given, Epoch current) implements MappingRefusal {
        @Override
        public String sentence() {
            return "epoch " + given + " is older than epoch " + current + " of " + hoa
                    + ": another migration owns its mapping";
        }
    }

    record NotEnrolled(HomeAddress hoa) implements MappingRefusal {
        @Override
        public String sentence() {
            return hoa + " is not enrolled at the mapping server: enrol it with its key first";
        }
    }

    record MoaTaken(MobileAddress moa, HomeAddress owner) implements MappingRefusal {
        @Override
        public String sentence() {
            return "MoA " + moa + " belongs to " + owner + ": one MoA serves one HoA";
        }
    }

    record AlreadyActive(HomeAddress hoa, MobileAddress moa) implements MappingRefusal {
        @Override
        public String sentence() {
            return "MoA " + moa + " is active for " + hoa + " and cannot be staged";
        }
    }

    /** In one epoch a MoA goes from staged to active to retired, never back. */
    record WrongOrder(AddressBinding known, BindingState wanted) implements MappingRefusal {
        @Override
        public String sentence() {
            return "MoA " + known.moa() + " of " + known.hoa() + " is " + known.state() + " in epoch " + known.epoch()
                    + " and cannot become " + wanted + ": the write came late or twice";
        }
    }

    /** Only the MCS raises an epoch: an owner could shut it out for good. */
    record EpochAhead(HomeAddress hoa, Epoch given, Epoch current) implements MappingRefusal {
        @Override
        public String sentence() {
            return "a registration of " + hoa + " has epoch " + given + ", the mapping epoch " + current
                    + ": only the control server raises it";
        }
    }

    /** Once a VM has been moved its guest has no say in where it is: only what carries the newest migration's epoch does. */
    record MovedByOthers(HomeAddress hoa, Epoch epoch) implements MappingRefusal {
        @Override
        public String sentence() {
            return hoa + " is moved by the control server, now in epoch " + epoch
                    + ": it cannot register another MoA by itself";
        }
    }

    /** What is staged peers follow blindly, and what is retired they believe still: only the control server says so. */
    record NotTheOwners(HomeAddress hoa) implements MappingRefusal {
        @Override
        public String sentence() {
            return "a registration of " + hoa
                    + " names a staged or retired MoA: an owner registers the active one only, where it is";
        }
    }

    /** A mapping server in another process refused. @param sentence its own */
    record Told(String sentence) implements MappingRefusal {}

    /** The mapping server is another process, and away. Nothing can be staged then: no peer would learn of it. */
    record Unreachable(HomeAddress hoa) implements MappingRefusal {
        @Override
        public String sentence() {
            return "the mapping server cannot be reached, so no peer of " + hoa
                    + " would learn where it goes: start godwit-ims, or mend the way to it";
        }
    }
}
