package org.godwit.mcs.workflow;

import org.godwit.mcs.workflow.Event.PausedOnSource;
import org.godwit.mcs.workflow.Event.PostCopyBroken;
import org.godwit.mcs.workflow.Event.RunningOnSource;
import org.godwit.mcs.workflow.Event.RunningOnTarget;
import org.godwit.mcs.workflow.Event.StillUnclear;
import org.godwit.mcs.workflow.Event.VmGone;
import org.godwit.mcs.workflow.Event.VmOff;
import org.godwit.model.Strategy;

/** What a hypervisor says of a domain, and what two such answers together mean. */
public enum Whereabouts {

    RUNNING, PAUSED,

    /** Of either side: the VM runs at the target, and its memory is still travelling. */
    POST_COPY,

    /** The same, but nothing travels any more. */
    POST_COPY_BROKEN,

    STOPPED, ABSENT,

    /** The host did not answer. */
    UNREACHABLE;

    private static final String AFTER_A_LOSS = "Look for its end in the logs of both hypervisors, then start it where it shall be.";

    /**
     * One running copy with the other side known not to run is an answer, and so is none on either side; anything else is
     * asked again. A target that runs it is believed even while the source is away: it had nothing of the VM before, and a
     * hypervisor lets a VM run that arrives only when the source has stopped it. Of a post-copy that broke neither side is a
     * whole VM: it is lost with the half that has lived on, the target's.
     *
     * @param strategy a VM that was shut down to be moved may be off for a while
     * @param copyStopped whether the source's agent confirmed that it runs no copy any more. A domain that is paused at the
     *        target is one that a copy, perhaps of an earlier agent process, is still filling: then the VM is about to leave
     */
    public static Event verdict(Strategy strategy, boolean copyStopped, Whereabouts source, Whereabouts target) {
        return strategy == Strategy.COLD ? verdictOfCold(source, target) : verdict(copyStopped, source, target);
    }

    static Event verdict(boolean copyStopped, Whereabouts source, Whereabouts target) {
        if (copyStopped && source == RUNNING && (target == ABSENT || target == STOPPED)) {
            return new RunningOnSource();
        }
        if (source == POST_COPY_BROKEN && isEnded(target)) {
            return new VmGone(new MigrationFailure("vm_lost",
                    "The VM runs nowhere: its post-copy broke, and its half at"
                            + " the target has ended (the target host says " + word(target)
                            + "). The half at the source is of"
                            + " before, must not go on with disks that were written to since, and is ended, too. "
                            + AFTER_A_LOSS));
        }
        if (target == POST_COPY_BROKEN && isEnded(source)) {
            return new PostCopyBroken(new MigrationFailure("postcopy_broken", "The VM is at the target, but memory that"
                    + " it needs has gone with its half at the source (the source host says " + word(source)
                    + "): it stands still, or will. Give it up (godwit migration abandon), then start it anew."));
        }
        if (source == POST_COPY_BROKEN || target == POST_COPY_BROKEN) {
            return new PostCopyBroken(new MigrationFailure("postcopy_broken", "The VM is at the target, but a part of"
                    + " its memory is still at the source: the copy is being taken up again. End neither of the two"
                    + " domains. If it cannot be taken up, give the VM up: godwit migration abandon."));
        }
        if (target == RUNNING && source != RUNNING && source != POST_COPY) {
            return new RunningOnTarget();
        }
        if (copyStopped && source == PAUSED && isEnded(target)) {
            return new PausedOnSource();
        }
        if (copyStopped && isEnded(source) && isEnded(target)) {
            return new VmGone(new MigrationFailure("vm_lost", "The VM runs nowhere: the source host says "
                    + word(source) + ", the target host says " + word(target) + ". " + AFTER_A_LOSS));
        }
        return new StillUnclear(new MigrationFailure("outcome_unknown", unclear(source, target)));
    }

    private static String unclear(Whereabouts source, Whereabouts target) {
        return "Where the VM runs is not certain: the source host says " + word(source) + ", the target host says "
                + word(target) + ". Both are being asked again; make sure that both agents are connected.";
    }

    /**
     * Of a cold migration: the VM is off at the source until its target is told to start it, and its definition stays there until it runs
     * at the target. Two that are off are therefore no loss. A target that runs it is believed even while the source is away, which has no
     * reason to start it.
     */
    static Event verdictOfCold(Whereabouts source, Whereabouts target) {
        if (source == RUNNING && isEnded(target)) {
            return new RunningOnSource();
        }
        if (target == RUNNING && (isEnded(source) || source == UNREACHABLE)) {
            return new RunningOnTarget();
        }
        if (source == STOPPED && isEnded(target)) {
            return new VmOff();
        }
        if (source == ABSENT && isEnded(target)) {
            return new VmGone(new MigrationFailure("vm_lost", "The VM runs nowhere: the source host says "
                    + word(source) + ", the target host says " + word(target) + ". " + AFTER_A_LOSS));
        }
        String message = source == RUNNING && target == RUNNING
                ? "The VM runs at both hosts: somebody has started it at the source while it was being moved. End the one"
                        + " that you do not want at once."
                : unclear(source, target);
        return new StillUnclear(new MigrationFailure("outcome_unknown", message));
    }

    private static boolean isEnded(Whereabouts side) {
        return side == ABSENT || side == STOPPED;
    }

    private static String word(Whereabouts value) {
        return switch (value) {
            case RUNNING -> "running";
            case PAUSED -> "paused";
            case POST_COPY -> "post-copy";
            case POST_COPY_BROKEN -> "post-copy failed";
            case STOPPED -> "stopped";
            case ABSENT -> "absent";
            case UNREACHABLE -> "nothing";
        };
    }
}
