package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.godwit.cli.remote.RemoteException;
import org.godwit.cli.remote.RemoteResult;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostEnrolmentTest {

    private static final String TOKEN = "0a".repeat(32) + "." + "5e".repeat(32);
    private static final String ENROLLED = "{\"name\": \"a-1\", \"site\": \"a\", \"token\": \"" + TOKEN + "\"}";
    private static final String SERVES = "name=a-1\ncertified=yes\nagent=installed 0.1.0\n";

    private final FakeMcs mcs = new FakeMcs();
    private final FakeHost host = new FakeHost();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        mcs.close();
    }

    @Test
    void aBareMachineBecomesAHost() throws IOException {
        theHostIs("404", "connected");
        mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}").on("POST /v1/hosts", FakeMcs.Answer.of(201, ENROLLED));
        Path deb = Files.writeString(folder.resolve("agent.deb"), "(the package)\n");
        Trial trial = enrol("--package", deb.toString());
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        Golden.assertMatches("enrol/fresh.txt", trial.out() + "\nWhat was done on the host:\n" + host.journal());
        assertThat(host.closed()).isTrue();
    }

    @Test
    void theTokenIsInNoArgumentAndInNoOutput() {
        theHostIs("404", "connected");
        mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}").on("POST /v1/hosts", FakeMcs.Answer.of(201, ENROLLED));
        Trial trial = enrol();
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        assertThat(host.journal()).contains("  < " + TOKEN);
        assertThat(host.lines() + trial.out() + trial.err()).doesNotContain(TOKEN, TOKEN.substring(65));
    }

    @Test
    void aHostThatServesIsLeftInPeaceTheSecondTime() {
        theHostIs("connected");
        host.says("say uid", FakeHost.DEBIAN + SERVES).says("cat \"$1\"", """
                name = a-1
                mcs = [2001:db8:100::5]:8441
                token-file = /etc/godwit/host-agent.token
                reachable-bridge = br0
                libvirt-uri = qemu+tls://[2001:db8:a::11]/system
                """);
        Trial trial = enrol();
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        Golden.assertMatches("enrol/again.txt", trial.out());
        assertThat(host.lines()).doesNotContain("restart", "umask");
        assertThat(mcs.requests()).noneMatch(request -> request.startsWith("POST"));
    }

    @Test
    void anAgentThatGetsOtherSettingsIsStoppedUntilItsOldSessionIsOver() {
        theHostIs("connected", "connected", "disconnected", "connected");
        host.says("say uid", FakeHost.DEBIAN + SERVES);
        Trial trial = enrol();
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        assertThat(host.lines()).containsSubsequence("systemctl stop godwit-host-agent", "restart");
    }

    @Test
    void aHostThatIsKnownGetsANewToken() {
        theHostIs("disconnected", "connected");
        mcs.on("POST /v1/hosts/a-1/token", ENROLLED);
        Trial trial = enrol();
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        assertThat(mcs.requests()).contains("POST /v1/hosts/a-1/token");
    }

    @Test
    void allThatAHostLacksIsSaidAtOnceAndNothingIsTouched() {
        theHostIs("404");
        mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}");
        host.says("say uid", "uid=1000\nsystem=Fedora Linux 43\nfamily=fedora\nkernel=Linux 6.17\n");
        Trial trial = enrol();
        assertThat(trial.exitCode()).isEqualTo(1);
        Golden.assertMatches("enrol/obstacles.txt", trial.err());
        assertThat(host.lines().lines().filter(line -> line.startsWith("sh -euc")).count()).isEqualTo(1);
        assertThat(mcs.requests()).noneMatch(request -> request.startsWith("POST"));
    }

    @Test
    void anotherMachineDoesNotTakeTheNameOfOneThatServes() {
        theHostIs("connected");
        Trial trial = enrol();
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).contains("another machine is connected as host a-1", "stop the agent there first");
        assertThat(host.lines()).doesNotContain("apt-get install");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"bridge=br1; several bridges: br0, br1; 1", "; ; 0" })
    void theBridgeIsNamedWhereThereAreSeveral(String more, String complaint, int status) {
        theHostIs("404", "connected");
        mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}").on("POST /v1/hosts", FakeMcs.Answer.of(201, ENROLLED));
        host.says("say uid", FakeHost.DEBIAN + (more == null ? "" : more + "\n"));
        Trial trial = enrol();
        assertThat(trial.exitCode()).isEqualTo(status);
        assertThat(trial.err()).contains(complaint == null ? "" : complaint);
    }

    @Test
    void whatAptComplainsIsSaidWithWhatWasDoneAndWhatWasNot() {
        theHostIs("404");
        mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}");
        host.answers("apt-get install",
                new RemoteResult(100, "", "Reading package lists...\nE: Unable to locate package godwit-host-agent\n"));
        Trial trial = enrol();
        assertThat(trial.exitCode()).isEqualTo(1);
        Golden.assertMatches("enrol/apt.txt", trial.err());
    }

    @Test
    void anAgentThatDoesNotConnectIsQuoted() {
        theHostIs("404", "disconnected");
        mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}").on("POST /v1/hosts", FakeMcs.Answer.of(201, ENROLLED));
        host.says("journalctl", "the MCS at [2001:db8:100::5]:8441 cannot be reached: No route to host\n");
        Trial trial = trial().tick(Duration.ofSeconds(20)).run(arguments());
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).contains("no session within 60 s; the agent says: the MCS at [2001:db8:100::5]:8441"
                + " cannot be reached: No route to host", "  not done  wait for its session\n");
        assertThat(host.journal()).as("the token may still be used").doesNotContain("$ rm -f");
    }

    @Test
    void aHostThatIsNotLetInSaysWhatToDo() {
        theHostIs("404");
        mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}");
        Trial trial = Trial.against(mcs).reaching((_, _, _) -> {
            throw new RemoteException("the key is not known", "ask the host itself");
        }).run(arguments());
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).startsWith("godwit: log in: the key is not known\n").contains(
                "  done      ask the control server\n", "  what now  ask the host itself\n");
    }

    @Test
    void aHostOfAnotherSiteIsRefusedBeforeAnythingElse() {
        mcs.on("GET /v1/hosts/a-1", "{\"name\": \"a-1\", \"site\": \"b\", \"connected\": false}");
        Trial trial = enrol();
        assertThat(trial.exitCode()).isEqualTo(3);
        assertThat(trial.err()).contains("host a-1 is at site b");
        assertThat(host.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"root@, root@a-1.example", "root@[::1]:99999, 1 to 65535", "a-1.example, root@a-1.example" })
    void anEntranceThatIsNoneExitsWithTwo(String entrance, String complaint) {
        Trial trial = trial().run("host", "enrol", entrance, "--name", "a-1", "--site", "a", "--mcs", "[::2]:8441");
        assertThat(trial.exitCode()).isEqualTo(2);
        assertThat(trial.err()).contains(complaint);
    }

    @Test
    void aServerOnLoopbackIsNoAddressForAHost() {
        Trial trial = trial().run("host", "enrol", "root@a-1.example", "--name", "a-1", "--site", "a");
        assertThat(trial.exitCode()).isEqualTo(2);
        assertThat(trial.err()).contains("--mcs must say where");
    }

    @Test
    void aFingerprintThatIsNoneExitsWithTwo() {
        Trial trial = trial().run("host", "enrol", "root@a-1.example", "--name", "a-1", "--site", "a", "--mcs",
                "[::2]:8441", "--accept-host-key", "MD5:00");
        assertThat(trial.exitCode()).isEqualTo(2);
        assertThat(trial.err()).contains("a fingerprint looks like SHA256:");
    }

    private Trial enrol(String... more) {
        return trial().run(arguments(more));
    }

    private Trial trial() {
        return Trial.against(mcs).reaching((_, _, _) -> host);
    }

    private static String[] arguments(String... more) {
        String[] always = {"host", "enrol", "root@[2001:db8:a::11]", "--name", "a-1", "--site", "a", "--mcs",
                "[2001:db8:100::5]:8441" };
        String[] all = Arrays.copyOf(always, always.length + more.length);
        System.arraycopy(more, 0, all, always.length, more.length);
        return all;
    }

    /** How the control server sees it, from one look to the next. */
    private void theHostIs(String... states) {
        Map<String, FakeMcs.Answer> answers = Map.of("404", FakeMcs.Answer.of(404, ""), "connected",
                FakeMcs.Answer.of(200, "{\"name\": \"a-1\", \"site\": \"a\", \"connected\": true}"), "disconnected",
                FakeMcs.Answer.of(200, "{\"name\": \"a-1\", \"site\": \"a\", \"connected\": false}"));
        mcs.on("GET /v1/hosts/a-1",
                Arrays.stream(states).map(answers::get).toArray(FakeMcs.Answer[]::new));
    }
}
