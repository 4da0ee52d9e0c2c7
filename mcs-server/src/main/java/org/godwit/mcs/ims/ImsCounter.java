package org.godwit.mcs.ims;

/** What the mapping server counts. */
public enum ImsCounter {

    REPLIED("Map-Requests answered with a Map-Reply."),

    SUBSCRIPTION_OFFERED("Map-Requests answered with a Map-Notify that offers a subscription."),

    SUBSCRIPTION_CONFIRMED("Subscriptions that the subscriber has proven with its key."),

    REGISTERED("Map-Registers that changed or confirmed a mapping."),

    PUBLISHED("Map-Notifies that publish a change, without repetitions."),

    RETRANSMITTED("Publications sent again."),

    ACKNOWLEDGED("Publications acknowledged by their subscriber."),

    MALFORMED("Datagrams that are no message of the profile, or not one for a mapping server."),

    FOREIGN_RLOC("Map-Requests that want their answer somewhere else than they come from."),

    QUESTION_BEYOND_RATE("Map-Requests dropped because their source asked too much."),

    QUESTION_TOO_SHORT("Map-Requests dropped because even the shortest answer would have been longer."),

    SIGNED_BEYOND_RATE("Signed messages dropped unseen because too many of their source were not proven."),

    EXPIRED("Registrations that nobody refreshed in time."),

    REGISTER_UNPROVEN("Map-Registers for HoAs without enrolment, or whose key is wrong."),

    REGISTER_REPLAYED("Map-Registers whose nonce is not greater than the last: replayed, or late."),

    REGISTER_ELSEWHERE("Map-Registers that are proven but name a MoA that they do not come from; dropped."),

    REGISTER_BEYOND_RATE("Map-Registers dropped because their owner has sent too many lately."),

    REGISTER_REFUSED("Map-Registers that are proven but that the mapping forbids: the answer shows what was kept."),

    ACK_UNEXPECTED("Map-Notify-Acks that nothing waits for, or whose key is wrong.");

    private final String meaning;

    ImsCounter(String meaning) {
        this.meaning = meaning;
    }

    /** A sentence for operators. */
    public String meaning() {
        return meaning;
    }
}
