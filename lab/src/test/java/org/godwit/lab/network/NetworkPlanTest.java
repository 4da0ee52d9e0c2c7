package org.godwit.lab.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.godwit.lab.network.NetworkPlan.HostLink;
import org.godwit.lab.network.NetworkPlan.LeafLink;
import org.godwit.lab.network.NetworkPlan.SiteLink;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class NetworkPlanTest {

    private static final SiteLink A = site("a", "fe80::a1", "02:00:00:00:0a:01", "2001:db8:a::/64");
    private static final SiteLink B = site("b", "fe80::b1", "02:00:00:00:0b:01", "2001:db8:b::/64");

    @Test
    void twoSitesAndWhatIsBehindTheInternet() {
        NetworkPlan plan = new NetworkPlan(new LabId("0a1b"), List.of(A, B),
                List.of(host("host-a", A, Shape.NONE),
                        host("host-b", B, new Shape(100, Duration.ofMillis(5)))),
                List.of(leaf("cn", "2001:db8:c::/64", 0xc), leaf("mcs", "2001:db8:f::/64", 0x53),
                        leaf("hgw", "2001:db8:9::/64", 9, SitePrefix.of("2001:db8:face::/64"),
                                SitePrefix.of("2001:db8:e::/64"))));

        Golden.assertMatches("network/two-sites.txt",
                plan.steps().stream().map(Step::toString).collect(Collectors.joining("\n")));
    }

    @Test
    void aPrefixLeadsToOnePlaceOnly() {
        assertThatThrownBy(() -> new NetworkPlan(new LabId("0a1b"), List.of(A, B), List.of(),
                List.of(leaf("cn", "2001:db8:b::/64", 0xc))))
                .hasMessage("2001:db8:b::/64 leads to two places: give one of them another");
    }

    @Test
    void theGatewayAdvertisesAsAnyRouterDoes() {
        Golden.assertMatches("network/radvd.conf", new RadvdConf("lan", A.gateway()).text());
    }

    @Test
    void bandwidthAloneNeedsNoNetem() {
        assertThat(new Shape(1000, Duration.ZERO).lines("uplink"))
                .containsExactly("qdisc replace dev uplink root tbf rate 1000mbit burst 128kb latency 50ms");
    }

    @Test
    void aLabIdIsFourHexadecimalDigits() {
        assertThat(new LabId("00ff").namespaceOf(Name.of("cn"))).isEqualTo("gw00ff-cn");
        assertThatThrownBy(() -> new LabId("xyz")).hasMessageContaining("four hexadecimal digits");
    }

    private static SiteLink site(String name, String linkLocal, String mac, String prefix) {
        return new SiteLink(Name.of(name),
                new Gateway(LinkLocalAddress.of(linkLocal), MacAddress.of(mac), SitePrefix.of(prefix)));
    }

    private static HostLink host(String name, SiteLink site, Shape shape) {
        return new HostLink(Name.of(name), site, NetworkPlan.addressIn(site.gateway().prefix(), 0x10),
                MacAddress.of("02:00:00:0a:00:10"), shape);
    }

    private static LeafLink leaf(String name, String prefix, int number, SitePrefix... routed) {
        SitePrefix checked = SitePrefix.of(prefix);
        return new LeafLink(Name.of(name), checked, NetworkPlan.addressIn(checked, number), List.of(routed));
    }
}
