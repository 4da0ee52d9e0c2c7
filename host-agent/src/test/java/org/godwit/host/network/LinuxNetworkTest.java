package org.godwit.host.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.godwit.host.program.Programs;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real tools in namespaces: a host, a "VM" behind a cable where its tap would be, and a neighbour on the site's link. */
@Tag("netns")
class LinuxNetworkTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final UUID ALIKE = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000002");
    private static final MacAddress VM_MAC = MacAddress.of("52:54:00:00:00:02");
    private static final MacAddress NEIGHBOUR_MAC = MacAddress.of("52:54:00:00:00:77");
    private static final Gateway GATEWAY = new Gateway(LinkLocalAddress.of("fe80::b1"),
            MacAddress.of("02:00:00:00:00:b1"), SitePrefix.of("2001:db8:b::/64"));
    private static final DummyBridge DUMMY = new DummyBridge(VM, GATEWAY, "vnet1");
    private static final MobileAddress OWN = SitePrefix.of("2001:db8:a::/64").addressOf(VM_MAC);
    private static final MobileAddress MOA = GATEWAY.prefix().addressOf(VM_MAC);

    @TempDir
    Path stateFolder;

    private NetworkNamespaces namespaces;
    private Programs host;
    private Programs vm;
    private LinuxNetwork network;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(NetworkNamespaces.lack());
    }

    @BeforeEach
    void connectEverything() {
        namespaces = new NetworkNamespaces("host", "vm", "site");
        host = namespaces.in("host");
        vm = namespaces.in("vm");
        namespaces.connect("host", "vnet1", "vm", "eth1");
        namespaces.connect("host", "uplink", "site", "eth0");
        vm.require("", "sysctl", "-q", "-w", "net.ipv6.conf.eth1.router_solicitation_delay=0",
                "net.ipv6.conf.eth1.dad_transmits=1");
        namespaces.ip("vm", "link set eth1 address " + VM_MAC);
        namespaces.ip("host", "link add name br-site type bridge", "link set uplink master br-site",
                "link set uplink up",
                "link set vnet1 up", "address add 2001:db8:a::10/64 dev br-site nodad", "link set br-site up");
        namespaces.ip("site", "link set eth0 address " + NEIGHBOUR_MAC,
                "address add 2001:db8:a::77/64 dev eth0 nodad", "link set eth0 up");
        network = new LinuxNetwork(host, this::sendInHost, "br-site", stateFolder);
    }

    @AfterEach
    void removeEverything() {
        try {
            network.cleanUp();
        } finally {
            namespaces.close();
        }
    }

    @Test
    void aStagedInterfaceFormsItsMoaAndKnowsTheGatewayByItsMac() {
        stageAndFormMoa();
        assertThat(vm.require("", "ip", "-6", "route", "show", "default")).contains("via fe80::b1");
        assertThat(vm.run("", "ndisc6", "-1", "-q", "fe80::b1", "eth1").output())
                .isEqualToIgnoringCase(GATEWAY.mac().text());
        assertThat(host.require("", "ip", "-6", "address", "show", "dev", DUMMY.name())).contains("fe80::b1")
                .containsOnlyOnce("inet6");
    }

    @Test
    void aDummyBridgeIsABlackHoleForEverythingElse() {
        stageAndFormMoa();
        host.require("", "sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1");
        countArrivalsAtSite();
        assertThat(vm.run("", "ping", "-c", "3", "-i", "0.1", "-W", "1", "2001:db8:a::77").exitCode())
                .as("an address behind the host's uplink").isEqualTo(1);
        assertThat(vm.run("", "ping", "-c", "3", "-i", "0.1", "-W", "1", "fe80::b1%eth1").exitCode())
                .as("the impersonated gateway itself").isEqualTo(1);
        assertThat(arrivalsAtSite()).contains("packets 0");

        // The same host without the black hole would route them out: that is what this test would see.
        host.require(BlackHole.remove(DUMMY.name()), "nft", "-f", "-");
        vm.run("", "ping", "-c", "3", "-i", "0.1", "-W", "1", "2001:db8:a::77");
        assertThat(arrivalsAtSite()).contains("packets 3");
    }

    @Test
    void stagingTwiceIsLikeStagingOnce() {
        network.apply(DesiredHostNetwork.of(DUMMY));
        String once = stateOfHost();
        network.apply(DesiredHostNetwork.of(DUMMY));
        assertThat(stateOfHost()).isEqualTo(once);
    }

    @Test
    void aRemovedStagingLeavesTheTapOnTheIdleBridgeAndNothingElse() {
        network.apply(DesiredHostNetwork.of(DUMMY));
        network.removeStaging(VM);
        network.removeStaging(VM);
        assertThat(host.require("", "ip", "link", "show", "dev", "vnet1")).contains("master gw-idle");
        assertThat(host.require("", "ip", "link", "show")).doesNotContain("gws-");
        assertThat(host.require("", "nft", "list", "ruleset")).doesNotContain("5ca1ab1e").contains("from_idle");
        assertThat(stateFolder.resolve("radvd")).isEmptyDirectory();
        assertThat(new Radvd(host, stateFolder.resolve("radvd")).runs(DUMMY.name())).isFalse();
    }

    @Test
    void anotherAgentWithTheSameStateFolderCleansUpWhatItNeverMade() {
        network.apply(DesiredHostNetwork.of(DUMMY));
        LinuxNetwork stranger = new LinuxNetwork(host, this::sendInHost, "br-site", stateFolder);
        stranger.cleanUp();
        stranger.cleanUp();
        assertThat(host.require("", "ip", "link", "show")).doesNotContain("gws-").doesNotContain("gw-idle")
                .contains("br-site");
        assertThat(host.require("", "nft", "list", "ruleset")).isEmpty();
        assertThat(new Radvd(host, stateFolder.resolve("radvd")).runs(DUMMY.name())).isFalse();
    }

    @Test
    void aVmWhoseUuidBeginsAlikeIsRefusedAndCannotRemoveTheOther() {
        network.apply(DesiredHostNetwork.of(DUMMY));
        DummyBridge alike = new DummyBridge(ALIKE, GATEWAY, "vnet1");
        assertThatThrownBy(() -> network.apply(DesiredHostNetwork.of(alike))).isInstanceOf(HostNetworkException.class)
                .hasMessageContaining("taken by a VM whose UUID begins alike");
        network.removeStaging(ALIKE);
        assertThat(host.require("", "ip", "link", "show")).contains(DUMMY.name());
    }

    @Test
    void aTapThatIsNotThereIsNamed() {
        DummyBridge dummy = new DummyBridge(VM, GATEWAY, "vnet9");
        assertThatThrownBy(() -> network.apply(DesiredHostNetwork.of(dummy))).isInstanceOf(HostNetworkException.class)
                .hasMessageContaining("vnet9");
    }

    @Test
    void theGatewayKnowsAVmBeforeTheVmIsThere() {
        namespaces.ip("site", "address add fe80::a1/64 dev eth0 nodad");
        Gateway gateway = new Gateway(LinkLocalAddress.of("fe80::a1"), NEIGHBOUR_MAC, SitePrefix.of("2001:db8:a::/64"));
        Programs site = namespaces.in("site");
        eventually("the gateway knows the VM", () -> {
            network.introduce(new Arrival(gateway.prefix().addressOf(VM_MAC), VM_MAC, gateway));
            return site.require("", "ip", "-6", "neighbour", "show", "dev", "eth0")
                    .contains("2001:db8:a:0:5054:ff:fe00:2 lladdr 52:54:00:00:00:02 REACHABLE");
        });
    }

    @Test
    void aGuestIsHeardForItselfAndNotForOthers() {
        speakFromVm();
        network.apply(DesiredHostNetwork.of(List.of(new GuestPort("vnet1", VM_MAC))));

        assertThat(pings(OWN.toString())).as("its own address").isTrue();
        assertThat(pings("2001:db8:a::99")).as("another address").isFalse();
        assertThat(rules()).containsPattern("ip6 saddr != .* counter packets [1-9]\\d* .*drop");

        namespaces.ip("vm", "link set eth1 address 52:54:00:00:00:99");
        assertThat(pings(OWN.toString())).as("another MAC").isFalse();
        assertThat(rules()).containsPattern("ether saddr != .* counter packets [1-9]\\d* .*drop");
    }

    @Test
    void aGuestIsNoRouterAndAdvertisesNobodyElse() {
        speakFromVm();
        network.apply(DesiredHostNetwork.of(List.of(new GuestPort("vnet1", VM_MAC))));
        say("8600" + "0000" + "40000708" + "0000000000000000");
        assertThat(rules()).containsPattern("icmpv6 type \\{ nd-router-advert, nd-redirect } counter packets 1 ");

        say("8800" + "0000" + "20000000" + hex("2001:db8:a::77"));
        assertThat(rules()).containsPattern("nd-neighbor-advert @th,128,64 .* counter packets 1 ");
        say("8800" + "0000" + "20000000" + hex(OWN.toString()));
        assertThat(rules()).as("its own is its to advertise").containsPattern("@th,128,64 .* counter packets 1 ");
    }

    @Test
    void rulesFollowTheirTap() {
        GuestPort port = new GuestPort("vnet7", VM_MAC);
        namespaces.ip("host", "tuntap add vnet7 mode tap");
        network.apply(DesiredHostNetwork.of(List.of(port)));
        String before = rules();
        network.apply(DesiredHostNetwork.of(List.of(port, new GuestPort("vnet9", VM_MAC))));
        assertThat(rules()).as("twice is like once, and a tap that is not there has none").isEqualTo(before)
                .contains("chain tap_vnet7");

        network.sweep();
        assertThat(rules()).isEqualTo(before);
        namespaces.ip("host", "link delete vnet7");
        network.sweep();
        assertThat(rules()).doesNotContain("chain tap_");
    }

    @Test
    void anotherVmWhoseTapGetsTheNameIsLeftAlone() {
        namespaces.ip("host", "link set vnet1 name vnet0", "tuntap add vnet1 mode tap");
        network.apply(DesiredHostNetwork.of(List.of(new GuestPort("vnet1", VM_MAC))));
        namespaces.ip("host", "link delete vnet1", "link set vnet0 down", "link set vnet0 name vnet1",
                "link set vnet1 up");
        namespaces.ip("vm", "link set eth1 address 52:54:00:00:00:99");
        speakFromVm();
        assertThat(pings(OWN.toString())).isTrue();
    }

    @Test
    void aQueueIsWidened() {
        network.widenQueue("vnet1");
        assertThat(host.require("", "ip", "link", "show", "dev", "vnet1")).contains("qlen 10000");
    }

    @Test
    void uplinksAreThePortsThatAreNoVms() {
        namespaces.ip("host", "tuntap add vnet7 mode tap", "link set vnet7 master br-site");
        assertThat(network.uplinks()).containsExactly("uplink");
    }

    @Test
    void theProbeFindsAnOwnerAndNamesItsMac() {
        eventually("the link is up", () -> network.ownerOf(NEIGHBOUR_MAC.linkLocal().address()).isPresent());
        assertThat(network.ownerOf(NEIGHBOUR_MAC.linkLocal().address())).contains(NEIGHBOUR_MAC);
        assertThat(network.ownerOf(address("2001:db8:a::77"))).contains(NEIGHBOUR_MAC);
    }

    @Test
    void theProbePassesAFreeAddressButNotTheHostsOwn() {
        eventually("the link is up", () -> network.ownerOf(address("2001:db8:a::77")).isPresent());
        assertThat(network.ownerOf(address("2001:db8:a::78"))).isEmpty();
        assertThat(network.ownerOf(address("2001:db8:a::10"))).isPresent();
    }

    @Test
    void aReachableBridgeNeedsAnUplink() {
        assertThat(network.lackOfReachableBridge()).isEmpty();
        namespaces.ip("host", "link set uplink nomaster");
        assertThat(network.lackOfReachableBridge()).hasValueSatisfying(lack -> assertThat(lack).contains("no uplink"));
        assertThat(new LinuxNetwork(host, this::sendInHost, "br-none", stateFolder).lackOfReachableBridge())
                .hasValueSatisfying(lack -> assertThat(lack).contains("there is no bridge br-none"));
    }

    /** The VM on the site's own link, with an address that it may have and one that it may not. */
    private void speakFromVm() {
        namespaces.ip("host", "link set vnet1 master br-site");
        namespaces.ip("vm", "link set eth1 address " + VM_MAC, "link set eth1 up",
                "address add " + OWN + "/64 dev eth1 nodad", "address add 2001:db8:a::99/64 dev eth1 nodad");
        eventually("the VM has the site's link", () -> pings(OWN.toString()));
    }

    private boolean pings(String source) {
        return vm.run("", "ping", "-c", "2", "-i", "0.2", "-W", "2", "-I", source, "2001:db8:a::77").exitCode() == 0;
    }

    private String rules() {
        return host.require("", "nft", "list", "ruleset");
    }

    /** An ICMPv6 message of neighbour discovery, from the VM's link-local address to all nodes. */
    private void say(String message) {
        byte[] icmp = HexFormat.of().parseHex(message);
        ByteBuffer frame = ByteBuffer.allocate(54 + icmp.length).put(HexFormat.of().parseHex("333300000001"));
        frame.put(VM_MAC.bytes()).putShort((short) 0x86dd).putInt(0x60000000).putShort((short) icmp.length);
        frame.put((byte) 58).put((byte) 255).put(VM_MAC.linkLocal().bytes());
        frame.put(LinkLocalAddress.of("fe80::1").bytes()).put(icmp);
        sendIn(vm, "eth1", frame.array());
    }

    private static String hex(String address) {
        return HexFormat.of().formatHex(MobileAddress.of(address).bytes());
    }

    /** A process of its own: sockets belong to the namespace in which they were made. */
    private void sendInHost(String link, byte[] frame) {
        sendIn(host, link, frame);
    }

    private static void sendIn(Programs namespace, String link, byte[] frame) {
        namespace.require("", ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                SendFrameMain.class.getName(), link, HexFormat.of().formatHex(frame));
    }

    private void stageAndFormMoa() {
        network.apply(DesiredHostNetwork.of(DUMMY));
        namespaces.ip("vm", "link set eth1 up");
        eventually("the VM has its MoA", () -> {
            String addresses = vm.require("", "ip", "-6", "address", "show", "dev", "eth1");
            return addresses.contains(MOA + "/64") && !addresses.contains("tentative");
        });
    }

    private void countArrivalsAtSite() {
        namespaces.in("site").require("""
                table ip6 arrivals {
                    chain input { type filter hook input priority 0; ip6 saddr 2001:db8:b::/64 counter; }
                }
                """, "nft", "-f", "-");
    }

    private String arrivalsAtSite() {
        return namespaces.in("site").require("", "nft", "list", "table", "ip6", "arrivals");
    }

    private String stateOfHost() {
        return host.require("", "ip", "-br", "link") + host.require("", "ip", "-br", "-6", "address", "show", "scope",
                "link", "dev", DUMMY.name()) + host.require("", "nft", "list", "ruleset");
    }

    private static IPv6Address address(String text) {
        return MobileAddress.of(text).address();
    }

    private static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain until " + what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
