package org.godwit.protocol.guest;

import java.util.Locale;

/** By which sign the guest's kernel noticed that the VM has landed. */
public enum FlipTrigger {

    /** A packet for the staged MoA arrived. */
    RECEIVED,

    /** The resumed interface sent its unsolicited neighbour advertisement. */
    ANNOUNCED,

    /** The kernel called netdev_notify_peers. */
    NOTIFIED,

    /** None of them came first: Settle did it. */
    COMMANDED;

    /** As it stands in {@code "trigger"}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static FlipTrigger ofWord(String word) {
        for (FlipTrigger trigger : values()) {
            if (trigger.word().equals(word)) {
                return trigger;
            }
        }
        throw new IllegalArgumentException(
                "trigger must be received, announced, notified or commanded, got \"" + word + "\"");
    }
}
