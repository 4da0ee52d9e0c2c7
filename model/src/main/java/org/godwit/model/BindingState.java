package org.godwit.model;

/** What a MoA is to a HoA. The priority is how the mapping server says it on the wire (RFC 9301: lower is preferred). */
public enum BindingState {

    /** Traffic for the HoA goes here. */
    ACTIVE(1),

    /** Formed ahead of a migration: a peer accepts it and follows its first packet, but does not send there yet. */
    STAGED(254),

    /** Left behind by a migration: packets still arriving from it are accepted, none are sent there. */
    RETIRED(255);

    private final int priority;

    BindingState(int priority) {
        this.priority = priority;
    }

    public int priority() {
        return priority;
    }

    /** @throws IllegalArgumentException for a priority that the profile does not use */
    public static BindingState ofPriority(int priority) {
        for (BindingState state : values()) {
            if (state.priority == priority) {
                return state;
            }
        }
        throw new IllegalArgumentException(
                "priority must be 1 (active), 254 (staged) or 255 (retired), got " + priority);
    }
}
