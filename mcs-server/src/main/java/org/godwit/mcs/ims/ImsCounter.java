package org.godwit.mcs.ims;

/** What the mapping server counts. */
public enum ImsCounter {

    /** Map-Requests answered with a Map-Reply. */
    REPLIED,

    /** Map-Requests answered with a Map-Notify that offers a subscription. */
    SUBSCRIPTION_OFFERED,

    /** Subscriptions that the subscriber has proven with its key. */
    SUBSCRIPTION_CONFIRMED,

    /** Map-Registers that changed or confirmed a mapping. */
    REGISTERED,

    /** Map-Notifies that publish a change, without repetitions. */
    PUBLISHED,

    /** Publications sent again. */
    RETRANSMITTED,

    /** Publications acknowledged by their subscriber. */
    ACKNOWLEDGED,

    /** Datagrams that are no message of the profile, or not one for a mapping server. */
    MALFORMED,

    /** Map-Requests that want their answer somewhere else than they come from. */
    FOREIGN_RLOC,

    /** Map-Requests dropped because their source asked too much. */
    QUESTION_BEYOND_RATE,

    /** Map-Requests dropped because even the shortest answer would have been longer. */
    QUESTION_TOO_SHORT,

    /** Signed messages dropped unseen because too many of their source were not proven. */
    SIGNED_BEYOND_RATE,

    /** Registrations that nobody refreshed in time. */
    EXPIRED,

    /** Map-Registers for HoAs without enrolment, or whose key is wrong. */
    REGISTER_UNPROVEN,

    /** Map-Registers whose nonce is not greater than the last: replayed, or late. */
    REGISTER_REPLAYED,

    /** Map-Registers that are proven but whose epoch is old or whose MoA is another's. */
    REGISTER_REFUSED,

    /** Map-Notify-Acks that nothing waits for, or whose key is wrong. */
    ACK_UNEXPECTED
}
