package org.godwit.mcs.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.godwit.protocol.agent.CopyProgress;
import org.junit.jupiter.api.Test;

class SilenceTest {

    private final HandClock clock = new HandClock();
    private final Silence silence = new Silence(clock, Duration.ofMinutes(10));
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    @Test
    void anAnswerIsNotWaitedForLongerThanTheLimit() {
        silence.of(answer);
        clock.pass(Duration.ofMinutes(9));
        assertThat(answer).isNotDone();
        clock.pass(Duration.ofMinutes(1));
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void workThatGoesOnMayTakeAsLongAsItTakes() {
        silence.of(answer);
        for (int i = 0; i < 100; i++) {
            clock.pass(Duration.ofMinutes(9));
            silence.broken();
        }
        assertThat(answer).isNotDone();
        clock.pass(Duration.ofMinutes(10));
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void aDiskThatIsReadAtTheTargetGoesOnAndOneOfWhichTheSameIsToldAgainDoesNot() {
        silence.of(answer);
        CopyProgress.Builder arrived = CopyProgress.newBuilder().setBytesTotal(100).setBytesProcessed(100);
        for (int compared = 0; compared <= 100; compared++) {
            silence.told(arrived.setBytesCompared(compared).build());
            clock.pass(Duration.ofMinutes(9));
        }
        assertThat(answer).isNotDone();
        silence.told(arrived.build());
        clock.pass(Duration.ofMinutes(1));
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void anAgentThatDoesNotTellWhatIsComparedIsWaitedForAsLongAsItSends() {
        silence.of(answer);
        for (int round = 0; round < 3; round++) {
            for (int sent = 0; sent <= 100; sent += 50) {
                silence.told(CopyProgress.newBuilder().setBytesTotal(100).setBytesProcessed(sent).setIteration(round)
                        .build());
                clock.pass(Duration.ofMinutes(9));
            }
        }
        assertThat(answer).isNotDone();
        clock.pass(Duration.ofMinutes(1));
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void nobodyIsWokenForWhatHasBeenAnswered() {
        silence.broken();
        silence.of(answer);
        answer.complete("done");
        silence.broken();
        assertThat(clock.alarms).isEmpty();
    }

    private static final class HandClock implements Schedule {

        private final List<Ring> alarms = new ArrayList<>();
        private Duration now = Duration.ZERO;

        private record Ring(Duration at, Runnable task) {}

        private void pass(Duration time) {
            now = now.plus(time);
            List<Ring> due = alarms.stream().filter(ring -> ring.at().compareTo(now) <= 0).toList();
            alarms.removeAll(due);
            due.forEach(ring -> ring.task().run());
        }

        @Override
        public Lane lane(String name) {
            throw new AssertionError("nobody takes turns here");
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
            Ring ring = new Ring(now.plus(delay), task);
            alarms.add(ring);
            return () -> alarms.remove(ring);
        }
    }
}
