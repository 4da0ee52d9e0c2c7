package org.godwit.protocol.guest;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;

/** What a guest agent answers. A report of a possible adversary: its form is checked, its truth is not. */
public sealed interface GuestReply {

    /**
     * @param enrolled false after a boot, until Enrol
     * @param activeMac the interface that traffic uses now
     * @param stagedMoa present from Stage until Unstage or Settle
     * @param epoch the highest that the guest has seen
     */
    record GuestStatus(boolean enrolled, Optional<HomeAddress> hoa, Optional<MobileAddress> activeMoa,
            Optional<MacAddress> activeMac, Optional<MobileAddress> stagedMoa, boolean armed,
            Epoch epoch) implements GuestReply {

        public GuestStatus {
            requireNonNull(hoa, "hoa is null");
            requireNonNull(activeMoa, "active_moa is null");
            requireNonNull(activeMac, "active_mac is null");
            requireNonNull(stagedMoa, "staged_moa is null");
            requireNonNull(epoch, "epoch is null");
            if (enrolled != hoa.isPresent()) {
                throw new IllegalArgumentException("hoa must be given exactly when enrolled");
            }
        }
    }

    /** @param linkLocal the interface's own, to be probed for uniqueness together with the MoA */
    record Staged(MobileAddress moa, MacAddress interfaceMac, LinkLocalAddress linkLocal) implements GuestReply {

        public Staged {
            requireNonNull(moa, "moa is null");
            requireNonNull(interfaceMac, "interface_mac is null");
            requireNonNull(linkLocal, "link_local is null");
        }
    }

    /** @param trigger what made the kernel flip */
    record Settled(MobileAddress activeMoa, FlipTrigger trigger, Silences silences) implements GuestReply {

        public Settled {
            requireNonNull(activeMoa, "active_moa is null");
            requireNonNull(trigger, "trigger is null");
            requireNonNull(silences, "silences is null");
        }
    }

    record Done() implements GuestReply {}

    /** @param message one sentence for an operator, at most {@value #MESSAGE_LENGTH_MAX} characters */
    record Refused(RefusalCode code, String message) implements GuestReply {

        public static final int MESSAGE_LENGTH_MAX = 600;

        public Refused {
            requireNonNull(code, "code is null");
            requireNonNull(message, "message is null");
            if (message.length() > MESSAGE_LENGTH_MAX) {
                throw new IllegalArgumentException("message must have at most " + MESSAGE_LENGTH_MAX
                        + " characters, got " + message.length());
            }
        }

        /** As the constructor, but cuts a message that is too long. */
        public static Refused because(RefusalCode code, String message) {
            return new Refused(code,
                    message.length() <= MESSAGE_LENGTH_MAX ? message : message.substring(0, MESSAGE_LENGTH_MAX));
        }
    }
}
