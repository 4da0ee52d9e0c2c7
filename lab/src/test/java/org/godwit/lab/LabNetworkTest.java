package org.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.model.Name;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labs without hypervisors: namespaces, routers, radvd, and what is left of them. */
@Tag("netns")
class LabNetworkTest {

    private static final Patience PATIENCE = new Patience(InstantSource.system());

    @TempDir
    Path root;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForNetworks());
    }

    @Test
    void aNodeOnASitesLinkGetsItsAddressFromRadvdAndReachesTheCorrespondent() {
        try (Lab lab = Lab.open(root)) {
            Site a = lab.site("a", "2001:db8:a::/64");
            lab.correspondent("cn");
            lab.start();
            SiteGateway gateway = a.gatewayNode();
            // A stranger on the link that knows nothing but IPv6.
            String stranger = lab.id().namespaceOf(Name.of("stranger"));
            ip("netns", "add", stranger);
            ip("link", "add", "eth0", "address", "52:54:00:0a:00:01", "netns", stranger, "type", "veth", "peer", "name",
                    "stranger", "netns", gateway.namespace());
            gateway.run("ip", "link", "set", "stranger", "master", SiteGateway.LINK, "up");
            ip("-n", stranger, "link", "set", "eth0", "up");

            PATIENCE.until(Duration.ofSeconds(60),
                    () -> ip("-n", stranger, "-6", "addr", "show", "dev", "eth0", "scope", "global", "-tentative")
                            .contains("2001:db8:a:0:5054:ff:fe0a:1/64"),
                    () -> "no SLAAC address: " + ip("-n", stranger, "-6", "addr"));

            assertThat(ip("-n", stranger, "-6", "route")).contains("default via fe80::a1");
            ping(stranger, "2001:db8:c::c");
            assertThat(ip("-n", stranger, "neigh")).contains("fe80::a1 dev eth0 lladdr 02:00:00:00:0a:01");
        }
    }

    @Test
    void aClosedLabLeavesNoTrace() throws IOException {
        Lab lab = small();
        String id = lab.id().hex();
        assertThat(namespacesOf(id)).hasSize(4);

        lab.close();

        assertThat(namespacesOf(id)).isEmpty();
        assertThat(mountsOf(id)).isEmpty();
        assertThat(root.resolve(id)).doesNotExist();
    }

    @Test
    void twoLabsStandSideBySide() {
        try (Lab other = small()) {
            try (Lab one = small()) {
                assertThat(one.id()).isNotEqualTo(other.id());
            }

            ping(other.id().namespaceOf(Name.of("cn")), "2001:db8:f::53");
        }
    }

    @Test
    void whoeverIsAskedToEndLeavesNoTraceAndBeginsNothingNew() throws IOException {
        Path log = root.resolve("owner.log");
        Path labs = root.resolve("labs");
        Running owner = owner(labs, log);
        String id = firstWord(log);
        ProcessHandle.of(owner.pid()).ifPresent(ProcessHandle::destroy);
        owner.await(Duration.ofSeconds(60));

        assertThat(namespacesOf(id)).isEmpty();
        assertThat(labs).as(() -> owner.complaint("left something")).doesNotExist();
    }

    @Test
    void aKilledLabIsRemovedByCleanAndALivingOneIsNot() throws IOException {
        try (Lab living = small()) {
            Path log = root.resolve("owner.log");
            Running owner = owner(root, log);
            try {
                String orphan = firstWord(log);
                assertThat(namespacesOf(orphan)).hasSize(4);
                clean();
                assertThat(namespacesOf(orphan)).as("its process still runs").hasSize(4);

                ProcessHandle.of(owner.pid()).ifPresent(ProcessHandle::destroyForcibly);
                owner.await(Duration.ofSeconds(30));
                clean();

                assertThat(namespacesOf(orphan)).isEmpty();
                assertThat(root.resolve(orphan)).doesNotExist();
            } finally {
                owner.close();
            }
            assertThat(namespacesOf(living.id().hex())).hasSize(4);
        }
    }

    @Test
    void whatAKilledTestOfTheShimHasLeftIsCleanedAwayAndWhatARunningOneUsesIsNot() {
        // No process has a number as high as this: /proc/sys/kernel/pid_max is 4194304 at most.
        String abandoned = "gwshim99999999-story";
        String used = "gwshim" + ProcessHandle.current().pid() + "-story";
        try {
            List.of(abandoned, used).forEach(name -> ip("netns", "add", name));

            clean();

            assertThat(Path.of("/run/netns", abandoned)).doesNotExist();
            assertThat(Path.of("/run/netns", used)).exists();
        } finally {
            ip("netns", "delete", used);
        }
    }

    @Test
    void aDelayNeedsNetemAndSaysSo() {
        try (Lab lab = Lab.open(root)) {
            lab.host("host-a", lab.site("a", "2001:db8:a::/64")).delay(Duration.ofMillis(5));
            if (netemIsHere()) {
                lab.plan().steps().forEach(step -> assertThat(step.lines()).isNotEmpty());
            } else {
                assertThatThrownBy(lab::start).isInstanceOf(LabException.class)
                        .hasMessageContaining("CONFIG_NET_SCH_NETEM");
            }
        }
    }

    /** A process with a lab of its own. */
    private static Running owner(Path root, Path log) {
        Running owner = Processes.start(List.of(ProcessHandle.current().info().command().orElseThrow(), "-cp",
                System.getProperty("java.class.path"), SmallLabMain.class.getName(), root.toString()), log, Map.of());
        try {
            owner.awaitReady(PATIENCE, Duration.ofSeconds(60), () -> started(log), "did not start its lab");
            return owner;
        } catch (LabException e) {
            owner.close();
            throw e;
        }
    }

    /** An internet, one gateway, a correspondent and a node: four namespaces. */
    private Lab small() {
        return SmallLabMain.open(root);
    }

    private void clean() {
        Processes.run(Duration.ofSeconds(60), List.of("./clean", "--quiet", "--root", root.toString()));
    }

    private static List<String> namespacesOf(String id) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/run/netns"))) {
            return all.map(path -> path.getFileName().toString()).filter(name -> name.startsWith("gw" + id)).toList();
        }
    }

    private List<String> mountsOf(String id) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(root.resolve(id).toString())).toList();
    }

    private static boolean started(Path log) {
        try {
            return Files.readString(log).contains(" started");
        } catch (IOException e) {
            return false;
        }
    }

    private static String firstWord(Path log) throws IOException {
        return Files.readString(log).split(" ")[0];
    }

    private static boolean netemIsHere() {
        try {
            Processes.run(Duration.ofSeconds(30), List.of("unshare", "--net", "--", "tc", "qdisc", "add", "dev", "lo",
                    "root", "netem", "delay", "1ms"));
            return true;
        } catch (LabException e) {
            return false;
        }
    }

    private static void ping(String namespace, String address) {
        Processes.run(Duration.ofSeconds(30), List.of("ip", "netns", "exec", namespace, "ping", "-6", "-c", "3", "-i",
                "0.2", "-W", "5", address));
    }

    private static String ip(String... arguments) {
        return Processes.run(Duration.ofSeconds(30), Node.prefixed(List.of("ip"), List.of(arguments))).text();
    }
}
