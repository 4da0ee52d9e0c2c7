package org.godwit.mcs.runner;

import java.time.Duration;
import java.util.Optional;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;
import org.godwit.planner.convergence.Convergence;
import org.godwit.planner.convergence.Convergence.Limits;
import org.godwit.planner.convergence.Convergence.Look;
import org.godwit.protocol.agent.CopyProgress;

/** Hears how a copy goes on, and says once when it will not come to its end. */
final class StallWatch {

    private static final long PAGE_BYTES = 4096;

    private final boolean watches;
    private Convergence seen;

    StallWatch(Plan plan) {
        CopyOptions options = plan.options();
        // The others end by themselves.
        watches = plan.strategy() == Strategy.PRE_COPY;
        seen = Convergence.begin(new Limits(options.downtime().last(),
                options.timeMax(), options.autoConverge() ? Limits.ROUNDS_WHILE_THROTTLING : Limits.ROUNDS));
    }

    synchronized Optional<Event> see(CopyProgress progress) {
        if (!watches || seen.stall().isPresent()) {
            return Optional.empty();
        }
        seen = seen.after(new Look(progress.getIteration(), progress.getBytesRemaining(), progress.getBytesPerSecond(),
                progress.getDirtyRatePagesPerSecond() * PAGE_BYTES, Duration.ofMillis(progress.getElapsedMs())));
        return seen.stall().map(Event.CopyStalled::new);
    }
}
