package org.godwit.mcs.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.godwit.mcs.runner.MigrationQueue.Entry;
import org.godwit.mcs.runner.MigrationQueue.Waiting;
import org.godwit.model.Name;
import org.junit.jupiter.api.Test;

/** Hosts are named by their site and a number: a1 is at site a. */
class MigrationQueueTest {

    private int ids;

    @Test
    void whatFitsBeginsAtOnce() {
        MigrationQueue queue = queue(10, 2, 4);
        Entry first = add(queue, "a1", "b1");
        Entry second = add(queue, "a1", "b1");
        Entry third = add(queue, "a1", "b2");
        assertThat(queue.admit()).containsExactly(first, second);
        assertThat(queue.waiting(first.id())).isEmpty();
        assertThat(queue.waiting(third.id()))
                .contains(new Waiting(1, "host a1 takes part in 2 migrations, of at most 2"));
        queue.remove(first.id());
        assertThat(queue.admit()).containsExactly(third);
    }

    @Test
    void bothWaysOfALinkCountAndSoDoBothEndsOfAHost() {
        MigrationQueue queue = queue(10, 2, 2);
        add(queue, "a1", "b1");
        add(queue, "b2", "a2");
        Entry third = add(queue, "a3", "b3");
        assertThat(queue.admit()).hasSize(2);
        assertThat(reason(queue, third)).isEqualTo("2 migrations under way between sites a and b, of at most 2");

        Entry within = add(queue, "a4", "a5");
        assertThat(queue.admit()).as("another link").containsExactly(within);
        Entry incoming = add(queue, "c1", "a4");
        Entry another = add(queue, "c2", "a4");
        assertThat(queue.admit()).containsExactly(incoming);
        assertThat(reason(queue, another)).startsWith("host a4 takes part in 2");
    }

    @Test
    void thereIsALimitInAll() {
        MigrationQueue queue = queue(2, 2, 2);
        add(queue, "a1", "b1");
        add(queue, "c1", "d1");
        Entry third = add(queue, "e1", "f1");
        assertThat(queue.admit()).hasSize(2);
        assertThat(reason(queue, third)).isEqualTo("2 migrations under way, of at most 2");
    }

    @Test
    void aBatchOfOneHostDoesNotKeepAnotherHostWaiting() {
        MigrationQueue queue = queue(2, 2, 100);
        List<Entry> batch = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            batch.add(add(queue, "a1", "b" + i));
        }
        assertThat(queue.admit()).containsExactly(batch.get(0), batch.get(1));
        Entry single = add(queue, "c1", "d1");
        assertThat(queue.waiting(single.id())).map(Waiting::position).contains(1);
        queue.remove(batch.get(0).id());
        assertThat(queue.admit()).containsExactly(single);
        queue.remove(single.id());
        assertThat(queue.admit()).as("the batch goes on in its order").containsExactly(batch.get(2));
    }

    @Test
    void whatDoesNotFitHoldsUpNobody() {
        MigrationQueue queue = queue(10, 1, 10);
        add(queue, "a1", "b1");
        queue.admit();
        add(queue, "a2", "b1");
        Entry other = add(queue, "a3", "b3");
        assertThat(queue.admit()).containsExactly(other);
    }

    /** It needs a1 and b1 at the same time, and streams of others keep one of them busy always. */
    @Test
    void whoIsOvertakenAgainAndAgainIsOvertakenNoMore() {
        MigrationQueue queue = queue(10, 1, 100);
        Entry atSource = add(queue, "a1", "c1");
        queue.admit();
        Entry starving = add(queue, "a1", "b1");
        Entry atTarget = add(queue, "d1", "b1");
        queue.admit();
        int overtaken = 1;
        while (queue.waiting(starving.id()).isPresent()) {
            assertThat(overtaken).isLessThanOrEqualTo(MigrationQueue.OVERTAKEN_MAX + 2);
            Entry nextAtSource = add(queue, "a1", "c1");
            queue.remove(atSource.id());
            overtaken += queue.admit().contains(nextAtSource) ? 1 : 0;
            atSource = nextAtSource;
            Entry nextAtTarget = add(queue, "d1", "b1");
            queue.remove(atTarget.id());
            overtaken += queue.admit().contains(nextAtTarget) ? 1 : 0;
            atTarget = nextAtTarget;
        }
        assertThat(overtaken).isGreaterThanOrEqualTo(MigrationQueue.OVERTAKEN_MAX);
    }

    @Test
    void whatRanBeforeARestartRunsWhateverTheLimits() {
        MigrationQueue queue = queue(1, 1, 1);
        queue.runs(entry("a1", "b1"));
        queue.runs(entry("a1", "b2"));
        Entry third = add(queue, "a1", "b3");
        assertThat(queue.admit()).isEmpty();
        assertThat(reason(queue, third)).startsWith("2 migrations under way");
    }

    @Test
    void whoDoesNotWantToWaitAnyMoreIsGone() {
        MigrationQueue queue = queue(1, 1, 1);
        Entry first = add(queue, "a1", "b1");
        Entry second = add(queue, "a1", "b1");
        queue.admit();
        assertThat(queue.remove(second.id())).isTrue();
        assertThat(queue.remove(first.id())).as("it ran").isFalse();
        assertThat(queue.admit()).isEmpty();
    }

    @Test
    void aLimitOfNothingIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ConcurrencyLimits(1, 0, 1))
                .withMessageContaining("perHost");
    }

    private static MigrationQueue queue(int total, int perHost, int perLink) {
        return new MigrationQueue(new ConcurrencyLimits(total, perHost, perLink));
    }

    private static String reason(MigrationQueue queue, Entry entry) {
        return queue.waiting(entry.id()).orElseThrow().reason();
    }

    private Entry add(MigrationQueue queue, String source, String target) {
        Entry entry = entry(source, target);
        queue.add(entry);
        return entry;
    }

    private Entry entry(String source, String target) {
        return new Entry(new UUID(0, ++ids), Name.of(source), Name.of(source.substring(0, 1)), Name.of(target),
                Name.of(target.substring(0, 1)));
    }
}
