package org.godwit.host.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadLinkTest {

    private final AtomicLong now = new AtomicLong();
    private final AtomicBoolean isReached = new AtomicBoolean(true);
    private final AtomicInteger ended = new AtomicInteger();
    private final DeadLink link = new DeadLink(isReached::get, ended::incrementAndGet, now::get);

    @Test
    void aLinkThatIsAwayForAWhileIsLeftAlone() {
        look(100);
        isReached.set(false);
        look(5);
        isReached.set(true);
        look(1);
        isReached.set(false);
        look(5);
        assertThat(ended).hasValue(0);
    }

    @Test
    void whatWaitsForADeadLinkIsEndedAndAgainWhatHasBegunSince() {
        look(1);
        isReached.set(false);
        look(6);
        assertThat(ended).hasValue(1);
        look(3);
        assertThat(ended).hasValue(1);
        look(3);
        assertThat(ended).hasValue(2);
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            now.addAndGet(DeadLink.LOOK_INTERVAL.toNanos());
            link.look();
        }
    }
}
