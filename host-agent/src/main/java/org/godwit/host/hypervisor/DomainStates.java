package org.godwit.host.hypervisor;

import java.util.List;
import org.godwit.host.hypervisor.DomainSnapshot.State;

/** The numbers of virDomainGetState in words (libvirt-domain.h: virDomainState and the reasons of each). */
final class DomainStates {

    private static final int RUNNING = 1;
    private static final int PAUSED = 3;
    private static final int SHUTOFF = 5;

    private static final List<String> RUNNING_REASONS = List.of("unknown", "booted", "migrated", "restored",
            "from snapshot", "unpaused", "migration canceled", "save canceled", "wakeup", "crashed", "post-copy",
            "post-copy failed");
    private static final List<String> PAUSED_REASONS = List.of("unknown", "user", "migrating", "saving", "dumping",
            "i/o error", "watchdog", "from snapshot", "shutting down", "creating snapshot", "crashed", "starting up",
            "post-copy", "post-copy failed", "api error");
    private static final List<String> SHUTOFF_REASONS = List.of("unknown", "shutdown", "destroyed", "crashed",
            "migrated", "saved", "failed", "from snapshot", "daemon");

    private DomainStates() {}

    static State state(int number) {
        return switch (number) {
            case RUNNING -> State.RUNNING;
            case PAUSED -> State.PAUSED;
            case SHUTOFF -> State.SHUTOFF;
            default -> State.OTHER;
        };
    }

    /** VIR_DOMAIN_PAUSED_MIGRATION: for the switchover, and what becomes of it was not heard. */
    static boolean isLeftByMigration(int state, int reason) {
        return state == PAUSED && reason == PAUSED_REASONS.indexOf("migrating");
    }

    /** VIR_DOMAIN_RUNNING_MIGRATION_CANCELED: it had been paused for the switchover, and runs here again. */
    static boolean isPutBack(int state, int reason) {
        return state == RUNNING && reason == RUNNING_REASONS.indexOf("migration canceled");
    }

    /** VIR_DOMAIN_PAUSED_POSTCOPY_FAILED: it runs at the target, which lacks memory that is here. */
    static boolean isBrokenPostCopy(int state, int reason) {
        return state == PAUSED && reason == PAUSED_REASONS.indexOf("post-copy failed");
    }

    /** Its memory is in two places: of a post-copy, broken or not, at either side. */
    static boolean isHalf(int state, int reason) {
        return reason(state, reason).startsWith("post-copy");
    }

    static String reason(int state, int reason) {
        List<String> words = switch (state) {
            case RUNNING -> RUNNING_REASONS;
            case PAUSED -> PAUSED_REASONS;
            case SHUTOFF -> SHUTOFF_REASONS;
            default -> List.of();
        };
        return reason >= 0 && reason < words.size() ? words.get(reason) : "reason " + reason;
    }
}
