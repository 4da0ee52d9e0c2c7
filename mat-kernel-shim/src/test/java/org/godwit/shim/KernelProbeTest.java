package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelProbeTest {

    @ParameterizedTest
    @CsvSource({"5.15.0-91-generic, true", "5.14.21, false", "4.19.0, false", "6.1.0-56-cloud-amd64, true",
            "6.18.44, true", "7.0-rc1, true", "5.15+, true" })
    void aKernelMustBeOf515OrLater(String release, boolean newEnough) {
        assertThat(KernelProbe.tooOld(release).isEmpty()).isEqualTo(newEnough);
    }

    @Test
    void theFirstThatLacksIsTheAnswer() {
        KernelProbe probe = new KernelProbe("6.1",
                List.of(new KernelProbe.Finding("root", true, Optional.empty()),
                        new KernelProbe.Finding("pins", false, Optional.of("no file system; mount one")),
                        new KernelProbe.Finding("tc_bpf", true, Optional.of("load the module cls_bpf\nand more")),
                        new KernelProbe.Finding("matif", true, Optional.of("load the module dummy"))));

        assertThat(probe.able()).isFalse();
        assertThat(probe.answer())
                .isEqualTo("this kernel (6.1) cannot run the shim: tc_bpf: load the module cls_bpf");
    }

    @Test
    void whatIsNotRequiredMayLack() {
        KernelProbe probe = new KernelProbe("6.1",
                List.of(new KernelProbe.Finding("pins", false, Optional.of("no file system"))));

        assertThat(probe.able()).isTrue();
        assertThat(probe.answer()).isEqualTo("this kernel (6.1) can run the shim");
    }
}
