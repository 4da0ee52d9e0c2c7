package org.godwit.host.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void aServerThatIsBackSoonIsFoundWithinAboutASecond() {
        Backoff backoff = new Backoff("a-1");
        Duration passed = Duration.ZERO;
        while (passed.compareTo(Duration.ofSeconds(20)) < 0) {
            Duration wait = backoff.next();
            assertThat(wait).isBetween(Duration.ofMillis(150), Duration.ofMillis(1250));
            passed = passed.plus(wait);
        }
    }

    @Test
    void aServerThatStaysAwayIsAskedLessOften() {
        Backoff backoff = new Backoff("a-1");
        IntStream.range(0, Backoff.SOON_ATTEMPTS).forEach(_ -> backoff.next());
        assertThat(Stream.generate(backoff::next).limit(100)).allSatisfy(
                wait -> assertThat(wait).isBetween(Duration.ofMillis(3750), Duration.ofMillis(6250)));
        backoff.reset();
        assertThat(backoff.next()).isLessThan(Duration.ofMillis(300));
    }

    @Test
    void agentsDoNotComeBackAllAtOnce() {
        List<Duration> first = IntStream.range(0, 100).mapToObj(i -> new Backoff("host-" + i).next()).toList();
        assertThat(first.stream().distinct().count()).isGreaterThan(40);
    }
}
