package org.godwit.host.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.godwit.host.network.Links.Link;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class RenderingTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final MacAddress VM_MAC = MacAddress.of("52:54:00:00:00:02");
    private static final DummyBridge DUMMY = new DummyBridge(VM, new Gateway(LinkLocalAddress.of("fe80::b1"),
            MacAddress.of("02:00:00:00:00:b1"), SitePrefix.of("2001:db8:b::/64")), "vnet1");
    private static final Links NOTHING = new Links(List.of());
    private static final Links EVERYTHING = new Links(List.of(link(BridgeNames.IDLE, ""), link("gws-5ca1ab1e", ""),
            link("vnet1", "gws-5ca1ab1e"), link("vnet3", BridgeNames.IDLE)));

    @Test
    void theFirstStagingMakesBothBridges() {
        Golden.assertMatches("stage-first.ip",
                IpBatch.makeIdle(NOTHING) + IpBatch.openIdle(NOTHING) + "# black hole\n"
                        + IpBatch.makeDummy(DUMMY, NOTHING)
                        + "# black hole\n" + IpBatch.openDummy(DUMMY));
    }

    @Test
    void aSecondStagingAddsNoLink() {
        Golden.assertMatches("stage-again.ip", IpBatch.makeIdle(EVERYTHING) + IpBatch.openIdle(EVERYTHING)
                + "# black hole\n" + IpBatch.makeDummy(DUMMY, EVERYTHING) + "# black hole\n"
                + IpBatch.openDummy(DUMMY));
    }

    @Test
    void aRemovalPutsTheTapOnTheIdleBridge() {
        Golden.assertMatches("remove.ip", IpBatch.remove(DUMMY.name(), EVERYTHING));
        assertThat(IpBatch.remove(DUMMY.name(), NOTHING)).as("nothing is there").isEmpty();
    }

    @Test
    void theBlackHolesLetNeighbourAndRouterDiscoveryPassOnly() {
        Golden.assertMatches("black-hole-idle.nft", BlackHole.ofIdle());
        Golden.assertMatches("black-hole-dummy.nft", BlackHole.ofDummy(DUMMY.name()));
        Golden.assertMatches("black-hole-remove.nft", BlackHole.remove(DUMMY.name()));
    }

    @Test
    void aGuestMayNotSpeakForOthers() {
        Golden.assertMatches("tap.nft", TapRules.of(new GuestPort("vnet1", VM_MAC), 42));
    }

    @Test
    void radvdAdvertisesThePrefixOfTheTargetSite() {
        Golden.assertMatches("radvd.conf", RadvdConfig.render(DUMMY));
    }

    @Test
    void theGatewayIsToldOfAVmByTheFramesThatTheVmWouldSend() {
        Arrival arrival = new Arrival(DUMMY.gateway().prefix().addressOf(VM_MAC), VM_MAC, DUMMY.gateway());
        Golden.assertMatches("introduction.hex", Introduction.of(arrival).stream().map(HexFormat.of()::formatHex)
                .collect(Collectors.joining("\n", "", "\n")));
    }

    @Test
    void linksAreReadFromTheJsonOfIp() {
        Links links = Links
                .parse("""
                        [{},{"ifindex":3,"ifname":"br-site","flags":["BROADCAST","UP","LOWER_UP"],"linkinfo":{"info_kind":"bridge"}},
                         {"ifindex":7,"ifname":"vnet0","master":"br-site","ifalias":"a","flags":["UP"],"linkinfo":{"info_kind":"tun"}}]""");
        assertThat(links.all()).containsExactly(new Link(3, "br-site", "", "bridge", "", true, 0, 0, false),
                new Link(7, "vnet0", "br-site", "tun", "a", false, 0, 0, false));
        assertThat(links.portsOf("br-site")).hasSize(1);
    }

    @Test
    void aTapThatIsNoLinkNameIsRefused() {
        assertThatThrownBy(() -> new DummyBridge(VM, DUMMY.gateway(), "vnet1 up\nlink delete dev br-site"))
                .hasMessageContaining("tap must be the name of a link");
    }

    private static Link link(String name, String master) {
        return new Link(1, name, master, "bridge", "", true, 1500, 0, false);
    }
}
