package org.godwit.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FollowerTest {

    private final StringBuilder said = new StringBuilder();
    private Instant now = Instant.EPOCH;

    @Test
    void whatIsSaidIsRememberedOnceWithTheTimeAtWhichItWasSeen() {
        try (Follower follower = new Follower(said::toString, Pattern.compile("rate=(\\d+)\n"), () -> now)) {
            said.append("rate=1\nnothing\nrate=2\nrate=3");
            follower.look();
            now = now.plusMillis(20);
            said.append("4\n");
            follower.look();
            follower.look();

            assertThat(follower.sayings()).extracting(saying -> saying.words().group(1)).containsExactly("1", "2",
                    "34");
            assertThat(follower.sayings()).extracting(Follower.Saying::atUs).containsExactly(0L, 0L, 20_000L);
        }
    }

    @Test
    void aLogThatCannotBeReadOnceIsReadTheNextTime() {
        try (Follower follower = new Follower(said::toString, Pattern.compile("\\d+\n"), () -> now)) {
            said.append("1\n");
            follower.look();
            said.setLength(0);
            follower.look();
            said.append("1\n2\n");
            follower.look();

            assertThat(follower.sayings()).hasSize(2);
        }
    }
}
