package org.godwit.protocol.guest;

import java.util.Locale;

/** Why a guest agent did not do what it was asked. Within a protocol version none is added. */
public enum RefusalCode {

    /** The line shows an id, but is no request of this version. */
    MALFORMED,

    UNSUPPORTED_VERSION,

    /** Well-formed, but {@code do} names nothing that this guest can do. */
    UNKNOWN_REQUEST,

    /** The guest does not know who it is: send Enrol first. */
    NOT_ENROLLED,

    /** The guest is somebody else already: a HoA does not change while its VM runs. */
    ALREADY_ENROLLED,

    /** A newer migration has been here. */
    STALE_EPOCH,

    /** The VM has no interface with this MAC. */
    UNKNOWN_INTERFACE,

    /** The interface to stage is the one that traffic uses. */
    INTERFACE_ACTIVE,

    /** No address of the gateway's prefix was formed in time. */
    NO_ROUTER_ADVERTISEMENT,

    /** An address was formed, but the default router is not the gateway that was announced. */
    WRONG_ROUTER,

    /** Arm or Settle without Stage. */
    NOTHING_STAGED,

    /** The guest tried and its system said no; the message tells what. */
    INTERNAL;

    /** As it stands in {@code "code"}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static RefusalCode ofWord(String word) {
        for (RefusalCode code : values()) {
            if (code.word().equals(word)) {
                return code;
            }
        }
        throw new IllegalArgumentException("code is not one of this version, got \"" + word + "\"");
    }
}
