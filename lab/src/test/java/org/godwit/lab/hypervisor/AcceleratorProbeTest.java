package org.godwit.lab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.godwit.lab.Requirements;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("vm")
class AcceleratorProbeTest {

    @BeforeAll
    static void needsQemu() {
        Tier.VM.needs(Requirements.missingForVms());
    }

    @Test
    void aGuestThatSaysItsWordHasBooted() {
        assertThat(AcceleratorProbe.boots(image(), "tcg", Duration.ofSeconds(90))).isTrue();
    }

    @Test
    void aGuestThatDoesNotGetThereInTimeHasNot() {
        // Too short for any guest; what a KVM that hangs looks like.
        assertThat(AcceleratorProbe.boots(image(), "tcg", Duration.ofMillis(200))).isFalse();
    }

    @Test
    void anAcceleratorThatQemuDoesNotHaveIsNone() {
        assertThat(AcceleratorProbe.boots(image(), "no-such", Duration.ofSeconds(5))).isFalse();
    }

    private static GuestImage image() {
        return GuestImages.standard().probe();
    }
}
