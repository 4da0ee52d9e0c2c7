package org.godwit.mcs.runner;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.godwit.protocol.agent.CopyProgress;

/** How long an answer is waited for: a limit that begins anew with each sign that the work goes on. */
final class Silence {

    private final Schedule schedule;
    private final Duration limit;
    /** While somebody waits. */
    private Optional<CompletableFuture<?>> awaited = Optional.empty();
    private Schedule.Alarm alarm = () -> {};
    /** Before anything was told. */
    private Optional<Reach> reached = Optional.empty();

    /** How far a copy has come: disks that are compared are not sent meanwhile. */
    private record Reach(long bytesSent, int round, long bytesCompared) {}

    Silence(Schedule schedule, Duration limit) {
        this.schedule = schedule;
        this.limit = limit;
    }

    /** From now on. It fails with a {@link TimeoutException} when the limit is over. @return the same */
    <T> CompletableFuture<T> of(CompletableFuture<T> answer) {
        synchronized (this) {
            awaited = Optional.of(answer);
        }
        broken();
        answer.whenComplete((_, _) -> end());
        return answer;
    }

    /** The work goes on. */
    synchronized void broken() {
        alarm.cancel();
        awaited.ifPresent(answer -> alarm = schedule.after(limit,
                () -> answer.completeExceptionally(new TimeoutException())));
    }

    /** The work goes on where that is not what was told last. */
    synchronized void told(CopyProgress progress) {
        Reach now = new Reach(progress.getBytesProcessed(), progress.getIteration(), progress.getBytesCompared());
        if (!reached.equals(Optional.of(now))) {
            reached = Optional.of(now);
            broken();
        }
    }

    private synchronized void end() {
        awaited = Optional.empty();
        alarm.cancel();
    }
}
