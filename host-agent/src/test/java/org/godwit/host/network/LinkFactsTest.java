package org.godwit.host.network;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddressString;
import inet.ipaddr.ipv6.IPv6Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.godwit.host.network.LinkFacts.EchoAnswer;
import org.godwit.host.network.LinkFacts.FutureGuest;
import org.godwit.host.network.LinkFacts.MeasuredPath;
import org.godwit.host.network.LinkFacts.Router;
import org.godwit.host.program.Programs;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host on a site's link, its gateway, and somebody far away. */
@Tag("netns")
class LinkFactsTest {

    private static final MacAddress VM_MAC = MacAddress.of("52:54:00:00:00:02");
    private static final Gateway GATEWAY = new Gateway(LinkLocalAddress.of("fe80::b1"),
            MacAddress.of("02:00:00:00:00:b1"), SitePrefix.of("2001:db8:b::/64"));
    private static final IPv6Address FAR = new IPAddressString("2001:db8:c::2").getAddress().toIPv6();
    private static final IPv6Address NOBODY = new IPAddressString("2001:db8:c::9").getAddress().toIPv6();
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    @TempDir
    Path folder;

    private NetworkNamespaces namespaces;
    private Programs host;
    private Programs gateway;
    private LinuxLinkFacts links;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(NetworkNamespaces.lack());
    }

    @BeforeEach
    void connectEverything() {
        namespaces = new NetworkNamespaces("host", "gw", "far");
        host = namespaces.in("host");
        gateway = namespaces.in("gw");
        List.of(host, gateway, namespaces.in("far")).forEach(it -> it.require("", "sysctl", "-q", "-w",
                "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0"));
        namespaces.connect("host", "uplink", "gw", "lan");
        namespaces.connect("gw", "net", "far", "eth0");
        namespaces.ip("gw", "link set lan address " + GATEWAY.mac() + " addrgenmode none",
                "address add fe80::b1/64 dev lan nodad", "address add 2001:db8:b::1/64 dev lan nodad",
                "link set lan up", "address add 2001:db8:c::1/64 dev net nodad", "link set net up");
        gateway.require("", "sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1");
        namespaces.ip("host", "link add name br-site address 52:54:00:00:00:0b type bridge forward_delay 0",
                "link set uplink master br-site up", "link set br-site up",
                "address add 2001:db8:b::10/64 dev br-site nodad", "route add default via fe80::b1 dev br-site");
        namespaces.ip("far", "address add " + FAR + "/64 dev eth0 nodad", "link set eth0 up",
                "route add default via 2001:db8:c::1 dev eth0");
        // The kernel looks at new carriers once a second.
        assertThat(host.run("", "ping", "-6", "-q", "-c", "1", "-w", "10", FAR.toCanonicalString()).exitCode())
                .as("the far end is reached").isZero();
        links = new LinuxLinkFacts(host, "br-site");
    }

    @AfterEach
    void removeEverything() {
        namespaces.close();
    }

    @Test
    void aFutureGuestIsAnsweredAndLeavesNothing() {
        String before = stateOfHost();
        List<EchoAnswer> answers = links.echoes(guest(GATEWAY, FAR, NOBODY));
        assertThat(answers.getFirst()).isEqualTo(new EchoAnswer(FAR, true, true, ""));
        assertThat(answers.getLast().answered()).isFalse();
        assertThat(answers.getLast().hostAnswered()).isFalse();
        assertThat(stateOfHost()).isEqualTo(before);

        Gateway wrong = new Gateway(GATEWAY.linkLocal(), MacAddress.of("02:00:00:00:00:99"), GATEWAY.prefix());
        assertThat(links.echoes(guest(wrong, FAR))).containsExactly(new EchoAnswer(FAR, false, true, ""));
    }

    @Test
    void aFilterOnTheWayOutIsToldFromADestinationThatIsAway() {
        gateway.require("table ip6 f { chain f { type filter hook forward priority 0;"
                + " ip6 saddr " + guest(GATEWAY).moa() + " counter drop; }; }", "nft", "-f", "-");
        assertThat(links.echoes(guest(GATEWAY, FAR))).containsExactly(new EchoAnswer(FAR, false, true, ""));
        gateway.require("flush ruleset\n table ip6 f { chain f { type filter hook forward priority 0;"
                + " ip6 saddr " + guest(GATEWAY).moa() + " reject with icmpv6 admin-prohibited; }; }", "nft", "-f",
                "-");
        assertThat(links.echoes(guest(GATEWAY, FAR))).containsExactly(
                new EchoAnswer(FAR, false, true, "Destination unreachable: Administratively prohibited"));
    }

    @Test
    void routersAreHeardWithTheirMacAndPrefix() throws IOException {
        assertThat(links.routers(GATEWAY.linkLocal(), Duration.ofMillis(300))).isEmpty();
        Path conf = Files.writeString(folder.resolve("radvd.conf"), RadvdConfig.render(
                new DummyBridge(UUID.randomUUID(), GATEWAY, "lan")).replaceFirst("interface \\S+",
                        "interface lan"));
        Path pid = folder.resolve("radvd.pid");
        gateway.launch(folder.resolve("radvd.log"), "radvd", "-C", conf.toString(), "-p", pid.toString(), "-m",
                "stderr");
        try {
            assertThat(links.routers(GATEWAY.linkLocal(), PATIENCE)).containsExactly(
                    new Router(GATEWAY.linkLocal(), Optional.of(GATEWAY.mac()), List.of(GATEWAY.prefix())));
            // Somebody else than the one who is expected is heard all the same.
            assertThat(links.routers(LinkLocalAddress.of("fe80::77"), PATIENCE)).extracting(Router::linkLocal)
                    .contains(GATEWAY.linkLocal());
        } finally {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroy);
        }
    }

    @Test
    void aPathIsOpenOrNarrowAndSaysSoOrSwallows() {
        assertThat(links.path(FAR)).isEqualTo(new MeasuredPath(FAR, 1500, true, true, 0));

        namespaces.ip("gw", "link set net mtu 1400");
        assertThat(links.path(FAR)).isEqualTo(new MeasuredPath(FAR, 1500, true, false, 1400));

        host.require("", "ip", "-6", "route", "flush", "cache");
        gateway.require("table ip6 f { chain f { type filter hook output priority 0;"
                + " icmpv6 type packet-too-big drop; }; }", "nft", "-f", "-");
        assertThat(links.path(FAR)).isEqualTo(new MeasuredPath(FAR, 1500, true, false, 0));
    }

    @Test
    void theBridgeIsAsNarrowAsItsUplinkAndSaysHowLongANewPortWaits() {
        assertThat(links.bridge().mtu()).isEqualTo(1500);
        assertThat(links.bridge().forwardDelayMs()).isZero();
        namespaces.ip("host", "link set uplink mtu 1400", "link set br-site type bridge forward_delay 400");
        assertThat(links.bridge().mtu()).isEqualTo(1400);
        assertThat(links.bridge().forwardDelayMs()).isEqualTo(4000);
    }

    private static FutureGuest guest(Gateway gateway, IPv6Address... destinations) {
        return new FutureGuest(gateway.prefix().addressOf(VM_MAC), VM_MAC, gateway, List.of(destinations));
    }

    private String stateOfHost() {
        return host.require("", "ip", "-o", "link", "show") + host.require("", "ip", "-6", "route", "show");
    }
}
