package org.godwit.lab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.godwit.lab.LabException;
import org.junit.jupiter.api.Test;

class QemuBackportTest {

    @Test
    void theMirrorIsTheOneThatTheMachineUsesForItsRelease() {
        String targets = """
                bookworm-security mirror://other/security/
                bookworm mirror://debian/
                bookworm-updates mirror://debian/
                """;
        assertThat(QemuBackport.mirror(targets, "bookworm")).isEqualTo("mirror://debian/");
        assertThatThrownBy(() -> QemuBackport.mirror(targets, "trixie")).isInstanceOf(LabException.class)
                .hasMessageContaining("trixie");
    }

    @Test
    void theCodeNameStandsInTheReleaseFile() {
        assertThat(QemuBackport.codeName("ID=debian\nVERSION_CODENAME=bookworm\n")).isEqualTo("bookworm");
        assertThatThrownBy(() -> QemuBackport.codeName("ID=other\n")).isInstanceOf(LabException.class);
    }
}
