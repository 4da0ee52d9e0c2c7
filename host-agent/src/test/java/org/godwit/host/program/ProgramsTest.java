package org.godwit.host.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramsTest {

    private final Programs programs = new Programs(List.of(), Duration.ofSeconds(10));

    @Test
    void inputGoesInAndOutputComesOut() {
        assertThat(programs.require("one\ntwo\n", "cat")).isEqualTo("one\ntwo");
    }

    @Test
    void argumentsAreNotReadByAShell() {
        assertThat(programs.require("", "echo", "$(id); *")).isEqualTo("$(id); *");
    }

    @Test
    void aPrefixComesFirst() {
        Programs prefixed = new Programs(List.of("env", "WHERE=here"), Duration.ofSeconds(10));
        assertThat(prefixed.require("", "printenv", "WHERE")).isEqualTo("here");
    }

    @Test
    void aFailureRepeatsWhatTheProgramSaid() {
        assertThatThrownBy(() -> programs.require("", "ls", "/there/is/no/such/folder"))
                .isInstanceOf(ProgramException.class).hasMessageContaining("/there/is/no/such/folder");
    }

    @Test
    void aProgramThatDoesNotEndIsKilled() {
        Programs hasty = new Programs(List.of(), Duration.ofMillis(100));
        assertThatThrownBy(() -> hasty.run("", "sleep", "60")).isInstanceOf(ProgramException.class)
                .hasMessageContaining("did not end within 100 ms");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)
                .filter(child -> child.info().command().orElse("").endsWith("/sleep"))
                .map(child -> child.onExit().join())).allMatch(child -> !child.isAlive());
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> programs.run("", "godwit-no-such-program")).isInstanceOf(ProgramException.class)
                .hasMessageContaining("is its package installed?");
    }
}
