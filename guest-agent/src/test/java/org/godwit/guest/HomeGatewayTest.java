package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.shim.ShimEvent.MissOut;
import org.godwit.shim.ShimEvent.PeerFlipped;
import org.godwit.shim.ShimEvent.Stranger;
import org.godwit.shim.ShimEvent.UnknownProxy;
import org.godwit.shim.ShimEvent.UnknownSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HomeGatewayTest {

    private static final HomeAddress GATEWAY = HomeAddress.of("2001:db8:face::fe");
    private static final HomeAddress VM = HomeAddress.of("2001:db8:face::1");
    private static final MobileAddress VM_A = MobileAddress.of("2001:db8:a::10");
    private static final MobileAddress VM_B = MobileAddress.of("2001:db8:b::10");
    private static final HomeAddress PLAIN = HomeAddress.of("2001:db8:d::30");
    private static final ProxyAddresses ADDRESSES = new ProxyAddresses(SitePrefix.of("2001:db8:e::/64"), new byte[32]);
    private static final MobileAddress PROXY = ADDRESSES.of(PLAIN);
    private static final GatewayLimits SMALL = new GatewayLimits(3, new Rate(10, 5), new Rate(2, 3), new Rate(2, 4),
            Duration.ofMinutes(124));

    private final FakeGatewayPlane plane = new FakeGatewayPlane();
    private final FakeGatewayMappings server = new FakeGatewayMappings();
    private long now = Long.MAX_VALUE - 1000;
    private HomeGateway gateway;

    @BeforeEach
    void begin() {
        restart();
    }

    private void restart(HomeAddress... standing) {
        gateway = new HomeGateway(plane, GATEWAY, ADDRESSES, SitePrefix.of("2001:db8:face::/64"), Set.of(standing),
                SMALL, Runnable::run,
                () -> now, new LineLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                        () -> 0));
        gateway.begin(server);
    }

    private void pass(Duration time) {
        for (long seconds = time.toSeconds(); seconds > 0; seconds--) {
            now += 1_000_000_000L;
            gateway.tick();
        }
    }

    private void take(HomeAddress plain) {
        server.registrations.clear();
        gateway.handle(new Stranger(plain));
        server.registrations.remove().complete(true);
    }

    private static HomeAddress plain(int link, int number) {
        return HomeAddress.of("2001:db8:d:" + link + "::" + number);
    }

    /** It sends, is answered, and sends again. */
    private void converse(HomeAddress plain) {
        plane.heardOf.add(plain);
        plane.answered.add(plain);
        pass(Duration.ofSeconds(10));
        plane.heardOf.add(plain);
        pass(Duration.ofSeconds(10));
    }

    @Test
    void aStrangerIsTranslatedForOnceTheMappingServerHasTakenIt() {
        gateway.handle(new Stranger(PLAIN));
        assertThat(server.heard).containsExactly(PLAIN + " is at " + PROXY);
        assertThat(plane.proxies).isEmpty();
        gateway.handle(new Stranger(PLAIN));

        server.registrations.remove().complete(true);

        assertThat(server.heard).hasSize(1);
        assertThat(plane).hasToString(PLAIN + " as " + PROXY + "\n");
    }

    @Test
    void whomTheMappingServerDoesNotTakeIsNotTranslatedFor() {
        gateway.handle(new Stranger(PLAIN));
        server.registrations.remove().complete(false);

        assertThat(plane.proxies).isEmpty();
    }

    @Test
    void whileTheMappingServerIsSilentStrangersTryAgain() {
        gateway.handle(new Stranger(PLAIN));
        server.registrations.remove().completeExceptionally(new IOException("silent"));
        assertThat(plane.proxies).isEmpty();

        take(PLAIN);
        assertThat(plane.proxies).containsEntry(PLAIN, PROXY);
    }

    @Test
    void aRegistrationIsRepeatedBeforeItEnds() {
        take(PLAIN);
        server.heard.clear();

        pass(Duration.ofMinutes(2));
        assertThat(server.heard).containsExactly(PLAIN + " is at " + PROXY);
        server.registrations.remove().completeExceptionally(new IOException("silent"));
        assertThat(plane.proxies).as("mobile nodes know it still").containsKey(PLAIN);
        pass(Duration.ofSeconds(20));
        assertThat(server.heard).hasSize(2);
    }

    @Test
    void aCorrespondentThatHasBecomeAPeerOfItsOwnIsLeftAlone() {
        take(PLAIN);
        pass(Duration.ofMinutes(2));
        server.registrations.remove().complete(false);

        assertThat(plane.proxies).isEmpty();
    }

    @Test
    void neitherHoasNorProxyAddressesAreStrangers() {
        gateway.handle(new Stranger(HomeAddress.of("2001:db8:face::7")));
        gateway.handle(new Stranger(HomeAddress.of("2001:db8:e::7")));

        assertThat(server.heard).isEmpty();
    }

    @Test
    void mobileNodesAreFollowed() {
        gateway.handle(new MissOut(VM));
        gateway.handle(new UnknownSource(VM_A));
        assertThat(server.heard).containsExactly("where is " + VM, "who is at " + VM_A);

        gateway.learn(Mapping.none(VM).activate(VM_A, new Epoch(1)).stage(VM_B, new Epoch(2)));
        assertThat(plane).hasToString(VM + " at " + VM_A + ", soon " + VM_B + "\n");
        gateway.handle(new PeerFlipped(VM, VM_B));
        gateway.learn(Mapping.none(VM).activate(VM_B, new Epoch(3)));
        assertThat(plane).hasToString(VM + " at " + VM_B + "\n");
    }

    @Test
    void aCorrespondentIsNobodysMobileNode() {
        gateway.learn(Mapping.none(PLAIN).activate(PROXY, Epoch.NONE));

        assertThat(plane.peers()).isEmpty();
    }

    @Test
    void aRestartFindsWhatItLeft() {
        take(PLAIN);
        gateway.learn(Mapping.none(VM).activate(VM_A, new Epoch(1)));
        server.heard.clear();

        restart();
        gateway.tick();

        assertThat(server.heard).containsExactly("watches " + VM, PLAIN + " is at " + PROXY);
        assertThat(plane).hasToString(VM + " at " + VM_A + "\n" + PLAIN + " as " + PROXY + "\n");
        gateway.handle(new Stranger(PLAIN));
        assertThat(server.heard).hasSize(2);
    }

    @Test
    void aRestartWithAnotherPrefixDropsProxyAddressesOfTheOldOne() {
        plane.put(PLAIN, MobileAddress.of("2001:db8:99::1"));

        restart();

        assertThat(plane.proxies).isEmpty();
    }

    @Test
    void whatTheKernelHasForgottenIsAskedForAndProvenByTheKey() {
        gateway.handle(new UnknownProxy(PROXY));
        server.questions.remove().complete(Optional.of(PLAIN));
        server.registrations.remove().complete(true);
        assertThat(plane.proxies).containsEntry(PLAIN, PROXY);

        MobileAddress forged = MobileAddress.of("2001:db8:e::bad");
        gateway.handle(new UnknownProxy(forged));
        server.questions.remove().complete(Optional.of(plain(1, 1)));
        assertThat(server.registrations).isEmpty();
        gateway.handle(new UnknownProxy(forged));
        server.questions.remove().complete(Optional.empty());
        assertThat(server.registrations).isEmpty();
    }

    @Test
    void whoIsIdleForTooLongIsForgottenEverywhere() {
        take(PLAIN);
        plane.answered.add(PLAIN);
        pass(Duration.ofMinutes(123));
        assertThat(plane.proxies).containsKey(PLAIN);

        pass(Duration.ofMinutes(2));

        assertThat(plane.proxies).isEmpty();
        assertThat(server.heard).endsWith(PLAIN + " is no longer at " + PROXY);
        server.registrations.forEach(late -> late.complete(true));
        assertThat(plane.proxies).isEmpty();
    }

    @Test
    void oneLinkDoesNotTakeTheNewcomersOfOthers() {
        for (int i = 1; i <= 5; i++) {
            gateway.handle(new Stranger(plain(1, i)));
        }
        assertThat(server.registrations).as("the burst of one link").hasSize(3);
        server.registrations.clear();

        gateway.handle(new Stranger(plain(2, 1)));
        assertThat(server.registrations).as("the table has three places, all being taken").isEmpty();
    }

    @Test
    void whenTheTableIsFullWhoeverHasNotGoneOnAfterAnAnswerGivesWay() {
        take(plain(1, 1));
        take(plain(2, 2));
        take(plain(3, 3));
        converse(plain(1, 1));
        converse(plain(3, 3));

        take(plain(4, 4));
        assertThat(plane.proxies).containsOnlyKeys(plain(1, 1), plain(3, 3), plain(4, 4));
        assertThat(server.heard).contains(plain(2, 2) + " is no longer at " + ADDRESSES.of(plain(2, 2)));

        converse(plain(4, 4));
        gateway.handle(new Stranger(plain(5, 5)));
        assertThat(server.registrations).as("nobody who is proven gives way").isEmpty();
    }

    @Test
    void whoComesBackHasTheSameProxyAddress() {
        take(plain(1, 1));
        MobileAddress before = plane.proxies.get(plain(1, 1));
        take(plain(2, 2));
        take(plain(3, 3));
        pass(Duration.ofSeconds(1));
        take(plain(4, 4));
        plane.proxies.remove(plain(1, 1));
        restart();

        take(plain(1, 1));

        assertThat(plane.proxies).containsEntry(plain(1, 1), before);
    }

    @Test
    void whoeverWasNamedHasAProxyAddressBeforeItHasSpokenAndForEver() {
        restart(PLAIN);
        gateway.tick();
        server.registrations.remove().completeExceptionally(new IOException("silent"));
        pass(Duration.ofSeconds(20));
        server.registrations.remove().complete(false);
        assertThat(plane.proxies).isEmpty();
        pass(Duration.ofMinutes(2));
        server.registrations.remove().complete(true);
        assertThat(plane.proxies).containsEntry(PLAIN, PROXY);

        pass(Duration.ofHours(3));
        take(plain(1, 1));
        take(plain(2, 2));
        take(plain(3, 3));
        assertThat(plane.proxies).containsOnlyKeys(PLAIN, plain(2, 2), plain(3, 3));
    }

    @Test
    void aHoaNeedsNoHomeGateway() {
        assertThatThrownBy(() -> restart(VM)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(VM.toString());
    }

    @Test
    void packetsCauseSoManyQuestionsOnly() {
        for (int i = 1; i <= 9; i++) {
            gateway.handle(new MissOut(HomeAddress.of("2001:db8:face::" + i)));
        }
        assertThat(server.heard).hasSize(4);
        pass(Duration.ofSeconds(1));
        gateway.handle(new MissOut(VM));
        assertThat(server.heard).endsWith("where is " + VM);
    }

    @Test
    void aKernelThatHasNoRoomIsNotAnnounced() {
        plane.full = true;
        take(PLAIN);

        assertThat(server.heard).endsWith(PLAIN + " is no longer at " + PROXY);
    }
}
