package org.godwit.testing;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A test tier that needs more than a JDK. A test class of a tier says in its {@code @BeforeAll} what it needs; where that
 * is missing the test is skipped, unless {@code -Drequired.tiers} names the tier: then it fails. lab/verify names them all.
 */
public enum Tier {

    /** BPF programs through the real verifier: root, a kernel with BPF, the compiled object. */
    KERNEL,

    /** Throw-away network namespaces: root and iproute2. */
    NETNS,

    /** Real libvirt and QEMU. */
    VM;

    /** @param lack what is missing here, in words; empty when nothing is */
    public void needs(String lack) {
        if (lack.isEmpty()) {
            return;
        }
        String tier = name().toLowerCase(Locale.ROOT);
        String sentence = tier + " tier cannot run here: " + lack;
        if (Arrays.asList(System.getProperty("required.tiers", "").split(",")).contains(tier)) {
            Assertions.fail(sentence);
        }
        Assumptions.abort(sentence);
    }
}
