package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.godwit.mcs.ims.ImsScene.MOA_C;
import static org.godwit.mcs.ims.ImsScene.PEER;
import static org.godwit.mcs.ims.ImsScene.PEER_KEY;
import static org.godwit.mcs.ims.ImsScene.VM;
import static org.godwit.mcs.ims.ImsScene.VM_KEY;
import static org.godwit.mcs.ims.ImsScene.at;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.List;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Eid;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The peer of the scene is a home gateway here; the VM asks. */
class HomeGatewayTest {

    private static final SitePrefix PROXY_PREFIX = SitePrefix.of("2001:db8:e::/64");
    private static final SitePrefix HOA_SPACE = SitePrefix.of("2001:db8:face::/64");
    private static final HomeAddress PLAIN = HomeAddress.of("2001:db8:d::30");
    private static final HomeAddress PLAIN_2 = HomeAddress.of("2001:db8:d::31");
    private static final MobileAddress PROXY = MobileAddress.of("2001:db8:e::1:30");
    private static final MobileAddress PROXY_2 = MobileAddress.of("2001:db8:e::1:31");
    private static final InetSocketAddress GATEWAY_AT = at("2001:db8:9::2", 4343);
    private static final InetSocketAddress VM_AT = at("2001:db8:a::100", 4344);

    private final ImsScene scene = new ImsScene();
    private static final HomeGateway GATEWAY = new HomeGateway(PEER, PROXY_PREFIX, HOA_SPACE);

    private long nonce = 1000;

    @BeforeEach
    void admit() {
        scene.server.replaceGateways(List.of(GATEWAY));
    }

    @Test
    void aPlainCorrespondentIsFoundBothWays() {
        register(PLAIN, PROXY, 5, PEER_KEY);

        Mapping proxied = Mapping.none(PLAIN).activate(PROXY, Epoch.NONE);
        assertThat(scene.next(MapNotify.class).record().mapping()).isEqualTo(proxied);
        scene.request(VM_AT, 1, new Eid.Mobile(PROXY), Optional.empty());
        assertThat(scene.next(MapReply.class).record())
                .isEqualTo(new MapRecord.OfMobile(5, PROXY, proxied.binding(PROXY)));
        scene.request(VM_AT, 2, new Eid.Home(PLAIN), Optional.of(VM));
        assertThat(scene.next(MapNotify.class).record().mapping()).isEqualTo(proxied);
        assertThat(scene.count(ImsCounter.REGISTERED)).isEqualTo(1);
    }

    @Test
    void whoWatchesIsToldWhenTheGatewayTakesItBack() {
        register(PLAIN, PROXY, 5, PEER_KEY);
        scene.next(MapNotify.class);
        subscribe();

        register(PLAIN, PROXY, 0, PEER_KEY);

        MapNotify told = scene.next(MapNotify.class);
        assertThat(told.record()).isEqualTo(new MapRecord.OfHome(0, Mapping.none(PLAIN)));
        assertThat(scene.next(MapNotify.class).record().mapping()).as("confirmed").isEqualTo(Mapping.none(PLAIN));
        assertThat(scene.server.lookup(PLAIN)).isEmpty();
        assertThat(scene.server.lookup(PROXY)).isEmpty();
    }

    @Test
    void whatIsNotRepeatedEndsInSilence() {
        register(PLAIN, PROXY, 5, PEER_KEY);
        scene.next(MapNotify.class);
        subscribe();
        scene.pass(Duration.ofMinutes(4));
        register(PLAIN, PROXY, 5, PEER_KEY);
        scene.next(MapNotify.class);
        scene.pass(Duration.ofMinutes(4));
        assertThat(scene.server.lookup(PLAIN)).isPresent();

        scene.pass(Duration.ofMinutes(2));

        assertThat(scene.server.lookup(PLAIN)).isEmpty();
        assertThat(scene.sent).isEmpty();
    }

    @Test
    void aGatewayRegistersNothingOutsideItsPrefixAndNoHoa() {
        register(PLAIN, MOA_C, 5, PEER_KEY);
        register(HomeAddress.of("2001:db8:face::99"), PROXY, 5, PEER_KEY);
        register(VM, PROXY, 5, PEER_KEY);
        register(HomeAddress.of("2001:db8:e::99"), PROXY, 5, PEER_KEY);

        assertThat(scene.count(ImsCounter.REGISTER_UNPROVEN)).isEqualTo(4);
        assertThat(scene.sent).isEmpty();
    }

    @Test
    void nobodyElseRegistersPlainCorrespondents() {
        register(PLAIN, PROXY, 5, VM_KEY);

        assertThat(scene.count(ImsCounter.REGISTER_UNPROVEN)).isEqualTo(1);
        assertThat(scene.server.lookup(PLAIN)).isEmpty();
    }

    @Test
    void aRegistrationIsNotTakenTwice() {
        byte[] frame = frame(PLAIN, PROXY, 5, PEER_KEY);
        scene.receive(GATEWAY_AT, frame);
        scene.receive(GATEWAY_AT, frame);

        assertThat(scene.count(ImsCounter.REGISTERED)).isEqualTo(1);
        assertThat(scene.count(ImsCounter.REGISTER_REPLAYED)).isEqualTo(1);
    }

    @Test
    void aProxyAddressServesOneCorrespondent() {
        register(PLAIN, PROXY, 5, PEER_KEY);
        register(PLAIN_2, PROXY, 5, PEER_KEY);
        register(PLAIN_2, PROXY_2, 5, PEER_KEY);

        assertThat(scene.server.lookup(PROXY).orElseThrow().hoa()).isEqualTo(PLAIN);
        assertThat(scene.server.lookup(PROXY_2).orElseThrow().hoa()).isEqualTo(PLAIN_2);
    }

    @Test
    void twoGatewaysWithOnePrefixAreRefused() {
        assertThatThrownBy(() -> scene.server.replaceGateways(
                List.of(GATEWAY, new HomeGateway(VM, PROXY_PREFIX, HOA_SPACE))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(PROXY_PREFIX.toString());
    }

    private void subscribe() {
        scene.request(VM_AT, 1, new Eid.Home(PLAIN), Optional.of(VM));
        scene.acknowledge(VM_AT, scene.next(MapNotify.class), VM_KEY);
    }

    private void register(HomeAddress correspondent, MobileAddress proxy, int ttlMinutes, MappingKey key) {
        scene.receive(GATEWAY_AT, frame(correspondent, proxy, ttlMinutes, key));
    }

    private byte[] frame(HomeAddress correspondent, MobileAddress proxy, int ttlMinutes, MappingKey key) {
        return LispEncoder.encode(new MapRegister(++nonce, Subscriptions.KEY_ID, true,
                new MapRecord.OfHome(ttlMinutes, Mapping.none(correspondent).activate(proxy, Epoch.NONE))), key);
    }
}
