package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.godwit.model.HomeAddress;
import org.junit.jupiter.api.Test;

class NewcomerLimitTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static HomeAddress of(int link, int number) {
        return HomeAddress.of("2001:db8:%x:%x::%x".formatted(link >> 16, link & 0xffff, number));
    }

    private static long admitted(NewcomerLimit limit, int link, int count, long now) {
        return IntStream.range(1, count + 1).filter(number -> limit.admits(of(link, number), now)).count();
    }

    @Test
    void aLinkHasItsShare() {
        NewcomerLimit limit = new NewcomerLimit(new Rate(100, 100), new Rate(2, 5), 0);

        assertThat(admitted(limit, 1, 50, 0)).isEqualTo(5);
        assertThat(admitted(limit, 2, 50, 0)).isEqualTo(5);
        assertThat(admitted(limit, 1, 50, 2 * SECOND)).isEqualTo(4);
    }

    @Test
    void manyLinksTogetherHaveALimitToo() {
        NewcomerLimit limit = new NewcomerLimit(new Rate(10, 20), new Rate(5, 5), 0);

        assertThat(IntStream.range(0, 100).filter(link -> limit.admits(of(link, 1), 0)).count()).isEqualTo(20);
        assertThat(IntStream.range(0, 100).filter(link -> limit.admits(of(link, 2), SECOND)).count()).isEqualTo(10);
    }

    @Test
    void moreLinksThanItRemembersWaitUntilOthersHaveBeenQuiet() {
        NewcomerLimit limit = new NewcomerLimit(new Rate(1_000_000, 1_000_000), new Rate(1, 2), 0);
        for (int link = 0; link < NewcomerLimit.LINKS_MAX; link++) {
            assertThat(limit.admits(of(link, 1), 0)).isTrue();
        }

        assertThat(limit.admits(of(NewcomerLimit.LINKS_MAX, 1), 0)).isFalse();
        assertThat(limit.admits(of(1, 2), 0)).as("of a link that is remembered").isTrue();
        assertThat(limit.admits(of(NewcomerLimit.LINKS_MAX, 1), SECOND)).isTrue();
    }
}
