package org.godwit.lab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.godwit.lab.LabException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QemuTest {

    @ParameterizedTest
    @ValueSource(strings = {"7.2.22", "8.1.5", "8.2.2" })
    void anOldTranslatorLosesMemoryOfAGuestThatMigrates(String version) {
        assertThat(qemu(version, Accelerator.TCG).losesMemory()).isTrue();
        assertThat(qemu(version, Accelerator.TCG).warning()).get().asString().contains(version, "9.0");
        assertThat(qemu(version, Accelerator.KVM).warning()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.2.3", "8.2.10", "9.0.0", "10.0.2" })
    void aNewerOneDoesNot(String version) {
        assertThat(qemu(version, Accelerator.TCG).losesMemory()).isFalse();
        assertThat(qemu(version, Accelerator.TCG).warning()).isEmpty();
    }

    @Test
    void theVersionIsWhatQemuSays() {
        assertThat(Qemu.parse("QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\nCopyright (c) 2003-2025\n"))
                .isEqualTo("10.0.2");
        assertThatThrownBy(() -> Qemu.parse("no\n")).isInstanceOf(LabException.class).hasMessageContaining("no");
    }

    private static Qemu qemu(String version, Accelerator accelerator) {
        return new Qemu(Path.of("/usr/bin/qemu-system-x86_64"), version, accelerator);
    }
}
