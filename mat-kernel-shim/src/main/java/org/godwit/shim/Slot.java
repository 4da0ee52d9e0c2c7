package org.godwit.shim;

/**
 * One of the two places for an own MoA and the interface that leads to its network. A migration fills the slot that is not
 * active, and the flip makes it the active one; so the two change roles with every migration.
 */
public enum Slot {

    FIRST, SECOND;

    public Slot other() {
        return switch (this) {
            case FIRST -> SECOND;
            case SECOND -> FIRST;
        };
    }
}
