package org.godwit.lab.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.godwit.lab.Correspondent;
import org.godwit.lab.Lab;
import org.godwit.lab.Node;
import org.godwit.lab.Requirements;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.network.NetworkPlan;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.protocol.rest.RestJson;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The meter on one node and the VM's workload on another: outages of known length are measured as what they are. */
@Tag("netns")
@Isolated
class MeterTest {

    private static final Patience PATIENCE = new Patience(InstantSource.system());
    private static final Duration OUTAGE = Duration.ofMillis(400);

    /** This process is not alone on its machine; an outage can only come out longer than it was meant to be. */
    private static final double TOLERANCE_MS = 250;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForVms());
    }

    @Test
    void anOutageInOneDirectionIsSeenInThatDirection() throws IOException {
        try (Lab lab = Lab.open(folder)) {
            Correspondent cn = lab.correspondent("cn");
            Node vm = lab.node("vm");
            lab.start();
            Path program = folder.resolve("vmprobe");
            GuestImages.compileWorkload(program);
            vm.start("vmprobe", List.of(program.toString(), "eth0", cn.address().toCanonicalString()));
            Running meter = cn.start("meter",
                    List.of(ProcessHandle.current().info().command().orElseThrow(), "-cp",
                            System.getProperty("java.class.path"), MeterMain.class.getName(), "--vm",
                            vm.address().toCanonicalString(), "--self", cn.address().toCanonicalString(), "--device",
                            Correspondent.DEVICE, "--out", folder.toString()));
            meter.say("await start");
            PATIENCE.until(Duration.ofSeconds(60), () -> said(meter, "flowing start"),
                    () -> meter.complaint("sees no traffic"));

            Measurement quiet = window(meter, "quiet", () -> pause());
            Measurement towardsVm = window(meter, "towards-vm", () -> silence(lab, vm));
            Measurement towardsPeer = window(meter, "towards-peer", () -> silence(lab, cn));

            assertThat(quiet.lost().vmToPeer()).isZero();
            assertThat(quiet.lost().peerToVm()).isZero();
            assertThat(quiet.outageMs().vmToPeer()).isLessThan(TOLERANCE_MS);
            assertThat(quiet.outageMs().peerToVm()).isLessThan(TOLERANCE_MS);
            assertThat(quiet.pingRequestGapMs()).isBetween(150.0, 200 + TOLERANCE_MS);
            isTheOutage(towardsVm.outageMs().peerToVm(), towardsVm.lost().peerToVm());
            assertThat(towardsVm.lost().vmToPeer()).isZero();
            isTheOutage(towardsPeer.outageMs().vmToPeer(), towardsPeer.lost().vmToPeer());
            assertThat(towardsPeer.lost().peerToVm()).as("they reached the VM; only their echoes were lost").isZero();
            assertThat(List.of(quiet, towardsVm, towardsPeer)).allMatch(window -> window.tcp().survived());
            assertThat(towardsVm.tcp().stallMs()).isGreaterThan(OUTAGE.toMillis() - 20);
            meter.say("stop");
            assertThat(meter.await(Duration.ofSeconds(30))).isZero();
        }
    }

    private static void isTheOutage(double gapMs, double lost) {
        assertThat(gapMs).isBetween(OUTAGE.toMillis() - 20.0, OUTAGE.toMillis() + TOLERANCE_MS);
        // One probe every 5 ms; a busy machine sends fewer.
        assertThat(lost).isBetween(gapMs / 5 / 2, gapMs / 5 + 2);
    }

    private Measurement window(Running meter, String name, Runnable events) throws IOException {
        meter.say("start " + name);
        pause();
        events.run();
        pause();
        meter.say("end " + name);
        PATIENCE.until(Duration.ofSeconds(60), () -> said(meter, "measured " + name),
                () -> meter.complaint("does not measure " + name));
        return RestJson.strict().readValue(Files.readString(folder.resolve(name + ".json")), Measurement.class);
    }

    /** Half a second of undisturbed traffic. */
    private static void pause() {
        Processes.run(Duration.ofSeconds(30), List.of("sleep", "0.5"));
    }

    /** The internet's router drops whatever goes to the node, without a word. */
    private static void silence(Lab lab, Node node) {
        String router = lab.id().namespaceOf(NetworkPlan.INTERNET);
        String route = node.address().toCanonicalString() + "/128";
        Processes.run(Duration.ofSeconds(30), List.of("ip", "-n", router, "route", "add", "blackhole", route));
        Processes.run(Duration.ofSeconds(30), List.of("sleep", OUTAGE.toMillis() / 1000.0 + ""));
        Processes.run(Duration.ofSeconds(30), List.of("ip", "-n", router, "route", "del", "blackhole", route));
    }

    private static boolean said(Running program, String line) {
        try {
            return Files.readAllLines(program.log()).contains(line);
        } catch (IOException e) {
            return false;
        }
    }
}
