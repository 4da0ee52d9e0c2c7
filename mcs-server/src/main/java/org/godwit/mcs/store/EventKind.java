package org.godwit.mcs.store;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can have happened, in the words of the REST API. */
public enum EventKind {

    /** An operator has asked for it. */
    MIGRATION_REQUESTED,
    /** It has waited for its turn, and may go. */
    MIGRATION_ADMITTED,
    /** It has entered a phase. */
    MIGRATION_PHASE,
    /** A step went wrong and is tried again. */
    MIGRATION_SETBACK,
    /** It is in a phase for longer than it should be; nothing is given up for that. */
    MIGRATION_OVERDUE,
    /** A host's agent has done something for it while no control server commanded it. */
    MIGRATION_DONE_ALONE,
    /** An operator wants it to stop. */
    MIGRATION_CANCEL_REQUESTED,

    SITE_ADDED, SITE_REMOVED, GATEWAY_ADDED, GATEWAY_CHANGED, GATEWAY_REMOVED, HOST_ADDED, HOST_REMOVED,
    /** Its agent has a session. */
    HOST_CONNECTED,
    /** Its agent has none any more. */
    HOST_DISCONNECTED,

    VM_ADDED,
    /** It is at another host. */
    VM_MOVED, VM_REMOVED, PEER_ADDED, PEER_REMOVED;

    /** Such as {@code migration.cancel_requested}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".");
    }

    public static Optional<EventKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
}
