package org.godwit.lab.experiment.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.godwit.lab.Correspondent;
import org.godwit.lab.Lab;
import org.godwit.lab.Requirements;
import org.godwit.lab.Site;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The long link against ping, by whatever this kernel lets it be made of. */
@Tag("netns")
@Isolated
class LongLinkTest {

    @TempDir
    private Path root;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForVms());
    }

    @Test
    void pingSeesTheDelayTwiceAndTheLoss() {
        try (Lab lab = Lab.open(root)) {
            Site far = lab.farSite("b", "2001:db8:b::/64");
            Correspondent near = lab.correspondent("cn");
            lab.start();

            far.longLink().set(Duration.ofMillis(40), 0, 1);
            Double delayed = WanExperiment.ping(near, far.gatewayNode());
            far.longLink().set(Duration.ZERO, 0, 1);
            Double direct = WanExperiment.ping(near, far.gatewayNode());
            far.longLink().set(Duration.ZERO, 1, 1);
            Double nothing = WanExperiment.ping(near, far.gatewayNode());

            assertThat(delayed).as("delayed").isGreaterThanOrEqualTo(80);
            assertThat(delayed - direct).as("more than without").isBetween(70.0, 130.0);
            assertThat(nothing).as("all is lost").isNull();
        }
    }
}
