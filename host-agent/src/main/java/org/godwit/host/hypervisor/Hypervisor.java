package org.godwit.host.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.godwit.model.CopyOptions;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;

/** The hypervisor of one host. Calls block; every one ends in bounded time except {@link #copy} and {@link #commit}. */
public interface Hypervisor {

    /** @throws HypervisorException when the hypervisor cannot be asked; that says nothing about the domain */
    Optional<DomainSnapshot> find(UUID uuid);

    /** @throws HypervisorException when the hypervisor cannot be asked; that says nothing about the domain */
    Optional<DomainSnapshot> find(String name);

    /** Whether it runs here, and whether it may be about to leave or to arrive. */
    enum Presence {

        /** And no copy of it, from here or to here. */
        RUNNING,

        /** From here or to here, running or not. */
        BEING_COPIED,

        /** Here, and neither running nor being copied. */
        PAUSED,

        /** Not here, or it has ended. */
        ABSENT
    }

    /** @throws HypervisorException when the hypervisor cannot be asked; that says nothing about the domain */
    Presence presence(UUID uuid);

    /**
     * Migrates a running domain to another host and returns when that has ended, one way or the other.
     *
     * @param watch is told how it goes, on threads that must not be kept
     */
    CopyEnd copy(UUID uuid, CopyOrder order, CopyWatch watch);

    /**
     * Asks a running copy to stop; {@link #copy} tells what came of it. Nothing happens when none runs.
     *
     * @throws HypervisorException when the hypervisor cannot be asked
     */
    void cancelCopy(UUID uuid);

    /**
     * Makes a running pre-copy end: as post-copy, or with the domain standing still until the rest is there. {@link #copy} tells what
     * came of it.
     *
     * @param by POST_COPY or SUSPEND
     * @return false when none runs
     * @throws HypervisorException when the hypervisor does not do it
     */
    boolean forceCopy(UUID uuid, StallAction by);

    /**
     * Takes a post-copy up again that broke, and returns when that has ended, one way or the other. Never ends as failed.
     *
     * @throws HypervisorException when the domain is not here, or nothing of it broke
     */
    CopyEnd recover(UUID uuid, String targetUri, CopyWatch watch);

    /**
     * Where the domain's two interfaces will be attached on the target host, and how its memory gets there.
     *
     * @param disks by what the domain knows them as: those whose uppermost image is copied along, and onto which image there
     * @param writesAreSentAtOnce what the domain writes to these disks meanwhile it hears to be written only once it is there, too;
     *            otherwise that follows when there is time for it
     */
    record CopyOrder(String targetUri, String targetReachableBridge, String targetIdleBridge, Strategy strategy,
            CopyOptions options, Map<String, Path> disks, boolean writesAreSentAtOnce) {
        public CopyOrder {
            disks = Map.copyOf(disks);
        }
    }

    /**
     * What a running domain has done, and takes.
     *
     * @param writes that its disks have taken since it was started here
     * @param writtenBytes of these
     * @param residentBytes of this host's memory that it takes, its hypervisor's own included, and at most what it may have; all of
     *            that where the host does not tell
     */
    record Activity(long writes, long writtenBytes, long residentBytes) {}

    /**
     * @param disks by what the domain knows them as: those whose writes count
     * @throws HypervisorException when it does not run here, or cannot be asked
     */
    Activity activity(UUID uuid, Set<String> disks);

    /**
     * Lets a running domain write to other images from now on, all of them at one moment.
     *
     * @param overlays by what the domain knows its disks as: qcow2 images that are there, each backed by what the disk is now
     * @throws HypervisorException when it writes where it did, or that is not known
     */
    void redirect(UUID uuid, Map<String, Path> overlays);

    /**
     * Puts what a disk has in images above one of its chain into that one, while the domain runs, and lets it write there again. Lasts
     * as long as there is something to put; goes on with one that was begun.
     *
     * @throws HypervisorException when the domain goes on to write to its uppermost image, or that is not known
     */
    void commit(UUID uuid, String disk, Path image);

    /**
     * How far a copy is.
     *
     * @param bytesProcessed of memory, and of disks that are mirrored
     * @param dirtyRatePagesPerSecond as QEMU measured it in the last iteration
     * @param bytesPerSecond of the link, as QEMU measured it; 0 when it has not
     * @param elapsedMs since it began
     */
    record CopyProgress(long bytesTotal, long bytesProcessed, long bytesRemaining, int iteration,
            long dirtyRatePagesPerSecond, long bytesPerSecond, long elapsedMs) {}

    /** Hears of a copy while it runs. */
    interface CopyWatch {

        /** Asked once {@link Hypervisor#cancelCopy} would stop the copy, and before it begins: whether it was cancelled already. */
        boolean isCalledOff();

        /** About five times a second. */
        void progress(CopyProgress progress);

        /**
         * The domain may be paused at any moment from now on. Said again, some times a second, for as long as that is so; not
         * said any more when the domain has dirtied so much again that it is not.
         */
        void pauseIsNear();
    }

    /**
     * What a completed copy took; zero where libvirt did not tell.
     *
     * @param postCopyRequests pages that the domain waited for at the target
     * @param pagesDirty that were sent again
     * @param throttlePercent how much of its time auto-converge had taken from the domain at last
     * @param bytesPerSecond all bytes over the time in which QEMU sent: libvirt's time begins before that
     * @param endedAsPostCopy then the downtime ends when the target was told to let the domain run, which it does later
     */
    record CopyStatistics(long vmDowntimeMs, long totalMs, long bytesTransferred, long pagesNormal, long pagesConstant,
            int iterations, long postCopyRequests, long pagesDirty, int throttlePercent,
            long bytesPerSecond, boolean endedAsPostCopy) {

        static CopyStatistics untold(boolean endedAsPostCopy) {
            return new CopyStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, endedAsPostCopy);
        }
    }

    /** How a copy ended. */
    sealed interface CopyEnd {

        /** The domain runs on the target. */
        record Copied(CopyStatistics statistics) implements CopyEnd {}

        /** The domain runs here, and no migration of it is left. */
        record Failed(boolean cancelled, String message) implements CopyEnd {}

        /** The domain runs on the target, but waits there for memory that is still here. */
        record Broken(String message) implements CopyEnd {}

        /** Where the domain runs cannot be told from here. */
        record Unknown(String message) implements CopyEnd {}
    }

    /**
     * Lets a domain go on that a migration has left paused, or that is held since its copy failed. Nothing happens when it runs.
     *
     * @throws HypervisorException when it is not here, is paused for another reason, or is still being migrated
     */
    void resume(UUID uuid);

    /**
     * Ends and forgets a domain that a migration has left paused here, or that is held since its copy failed, though it runs elsewhere. A domain in any other state
     * stays as it is; so does everything when there is none.
     *
     * @throws HypervisorException when it is still being migrated
     */
    void discardRemains(UUID uuid);

    /**
     * Ends the half that a post-copy has left of a domain here, at the source or at the target; its definition stays. A whole
     * domain stays as it is; so does everything when there is none.
     *
     * @throws HypervisorException when the hypervisor cannot be asked
     */
    void abandon(UUID uuid);

    /** Hears of domains that arrive, are paused and resumed by migrations, on libvirt's event thread: must not block. */
    interface MigrationEvents {

        /** A domain is expected here: it exists, with its interfaces, but does not run yet. */
        void arriving(UUID uuid);

        /** The domain has been paused here for stop-and-copy. */
        void pausedForSwitchover(UUID uuid);

        /** The domain, having arrived, has been resumed here. */
        void resumedAfterSwitchover(UUID uuid);
    }
}
