package org.godwit.protocol.lisp;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.model.AddressBinding;
import org.godwit.model.MobileAddress;

/** An EID-Record with its RLOC-Records (RFC 9301, section 5.4), as this profile uses it. */
public sealed interface MapRecord {

    /** How long the receiver may keep it, in minutes; unsigned 32 bits. 0: drop it now. */
    int ttlMinutes();

    Eid eid();

    /** The MoAs of a HoA. A mapping without any makes a negative answer, or tells that the HoA was forgotten. */
    record OfHome(int ttlMinutes, Mapping mapping) implements MapRecord {
        public OfHome {
            requireNonNull(mapping, "mapping is null");
        }

        @Override
        public Eid.Home eid() {
            return new Eid.Home(mapping.hoa());
        }
    }

    /** The HoA of a MoA; empty makes a negative answer. */
    record OfMobile(int ttlMinutes, MobileAddress moa, Optional<AddressBinding> binding) implements MapRecord {
        public OfMobile {
            requireNonNull(moa, "moa is null");
            requireNonNull(binding, "binding is null");
            if (binding.isPresent() && !binding.get().moa().equals(moa)) {
                throw new IllegalArgumentException("the binding must be one of " + moa + ", got " + binding.get());
            }
        }

        @Override
        public Eid.Mobile eid() {
            return new Eid.Mobile(moa);
        }
    }
}
