package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.godwit.cli.remote.RemoteResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A machine that is entered by somebody who is not root. */
class SudoEnrolmentTest {

    private static final String TOKEN = "0a".repeat(32) + "." + "5e".repeat(32);
    private static final String PASSWORD = "correct horse";
    private static final RemoteResult WANTS_PASSWORD = new RemoteResult(1, "", "sudo: a password is required\n");

    private final FakeMcs mcs = new FakeMcs();
    private final FakeHost host = new FakeHost();

    @AfterEach
    void close() {
        mcs.close();
    }

    @Test
    void withoutAPasswordEveryCommandIsRoots() {
        Trial trial = enrol(trial());
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        assertThat(host.lines().lines().filter(line -> line.startsWith("sh ") || line.startsWith("rm "))).isEmpty();
        assertThat(host.lines()).contains("sudo -k -n -- sh -euc", "sudo -k -n -- rm -f /etc/godwit/host-agent.token")
                .doesNotContain("sudo -k -S");
    }

    @Test
    void aPasswordIsAskedForOnceAndIsReadByEachSudoBeforeItsCommandReads() {
        host.answers("sudo -k -n -- true", WANTS_PASSWORD);
        Trial trial = enrol(trial().onTerminal(PASSWORD));
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        assertThat(host.lines() + trial.out()).doesNotContain(PASSWORD, TOKEN);
        assertThat(host.journal()).contains("  < " + PASSWORD + "\n  < " + TOKEN);
        assertThat(host.lines().lines().filter(line -> line.startsWith("sudo")).skip(1))
                .allMatch(line -> line.startsWith("sudo -k -S -p '' -- "));
    }

    @Test
    void whereNobodyCanBeAskedItIsSaidWhatToDo() {
        host.answers("sudo -k -n -- true", WANTS_PASSWORD);
        Trial trial = enrol(trial());
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).contains("sudo wants a password of admin (sudo: a password is required)",
                "run this on a terminal", "  not done  log in; look at the host");
        assertThat(host.closed()).isTrue();
    }

    @Test
    void aPasswordThatSudoDoesNotTakeChangesNothing() {
        host.answers("sudo -k -n -- true", WANTS_PASSWORD).answers("-p  -- true",
                new RemoteResult(1, "", "admin is not in the sudoers file.\n"));
        Trial trial = enrol(trial().onTerminal("wrong"));
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).contains("sudo does not let admin be root (admin is not in the sudoers file.)");
        assertThat(host.lines()).doesNotContain("apt-get", "wrong");
    }

    @Test
    void aHostWithoutSudoIsEnteredAsRoot() {
        host.answers("sudo -k -n -- true", new RemoteResult(127, "", "sh: 1: sudo: not found\n"));
        Trial trial = enrol(trial().onTerminal(PASSWORD));
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).contains("there is no sudo, and admin is not root", "enter the host as root@");
    }

    private Trial trial() {
        mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}")
                .on("GET /v1/hosts/a-1", FakeMcs.Answer.of(404, ""),
                        FakeMcs.Answer.of(200, "{\"name\": \"a-1\", \"site\": \"a\", \"connected\": true}"))
                .on("POST /v1/hosts", FakeMcs.Answer.of(201,
                        "{\"name\": \"a-1\", \"site\": \"a\", \"token\": \"" + TOKEN + "\"}"));
        return Trial.against(mcs).reaching((_, _, _) -> host);
    }

    private static Trial enrol(Trial trial) {
        return trial.run("host", "enrol", "admin@a-1.example", "--name", "a-1", "--site", "a", "--mcs",
                "[2001:db8:100::5]:8441");
    }
}
