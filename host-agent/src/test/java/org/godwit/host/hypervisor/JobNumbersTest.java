package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.godwit.host.hypervisor.Hypervisor.CopyProgress;
import org.junit.jupiter.api.Test;

class JobNumbersTest {

    @Test
    void aCopyGoesOnWhileDisksAreMirroredBeforeItsMemory() {
        assertThat(new JobNumbers(Map.of("disk_total", 900L, "disk_processed", 300L, "disk_remaining", 600L,
                "time_elapsed", 40L)).progress()).isEqualTo(new CopyProgress(0, 300, 0, 0, 0, 0, 40));
        assertThat(new JobNumbers(Map.of("disk_processed", 950L, "memory_total", 80L, "memory_processed", 30L,
                "memory_remaining", 50L, "memory_iteration", 1L)).progress())
                .isEqualTo(new CopyProgress(80, 980, 50, 1, 0, 0, 0));
    }
}
