package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.mcs.ims.ImsScene.MOA_A;
import static org.godwit.mcs.ims.ImsScene.MOA_B;
import static org.godwit.mcs.ims.ImsScene.MOA_C;
import static org.godwit.mcs.ims.ImsScene.PEER;
import static org.godwit.mcs.ims.ImsScene.PEER_AT;
import static org.godwit.mcs.ims.ImsScene.PEER_KEY;
import static org.godwit.mcs.ims.ImsScene.STRANGER;
import static org.godwit.mcs.ims.ImsScene.VM;
import static org.godwit.mcs.ims.ImsScene.VM_KEY;
import static org.godwit.mcs.ims.ImsScene.at;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.godwit.mcs.ims.ImsScene.Sent;
import org.godwit.model.Epoch;
import org.godwit.protocol.lisp.Eid;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.junit.jupiter.api.Test;

class MappingServerWireTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);
    private static final InetSocketAddress ELSEWHERE = at("2001:db8:bad::1", 40000);

    private final ImsScene scene = new ImsScene();

    @Test
    void aPlainLookupIsAnsweredWithItsNonce() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.request(PEER_AT, 77, new Eid.Home(VM), Optional.empty());

        assertThat(scene.next(MapReply.class))
                .isEqualTo(new MapReply(77, new MapRecord.OfHome(5, scene.server.lookup(VM).orElseThrow())));
    }

    @Test
    void theReverseLookupNamesTheHome() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.request(PEER_AT, 78, new Eid.Mobile(MOA_A), Optional.empty());
        scene.request(PEER_AT, 79, new Eid.Mobile(MOA_B), Optional.empty());

        assertThat(scene.next(MapReply.class).record()).isEqualTo(
                new MapRecord.OfMobile(5, MOA_A, scene.server.lookup(MOA_A)));
        assertThat(scene.next(MapReply.class).record()).isEqualTo(new MapRecord.OfMobile(1, MOA_B, Optional.empty()));
    }

    @Test
    void whatIsNotKnownIsSaidToBeNotKnown() {
        scene.request(PEER_AT, 1, new Eid.Home(STRANGER), Optional.of(PEER));
        scene.request(PEER_AT, 2, new Eid.Home(VM), Optional.empty());

        assertThat(scene.next(MapReply.class).record().ttlMinutes()).isEqualTo(15);
        assertThat(scene.next(MapReply.class).record().ttlMinutes()).isEqualTo(1);
    }

    @Test
    void nobodyIsAnsweredWhereHeIsNot() {
        scene.receive(ELSEWHERE, LispEncoder.encode(
                new MapRequest(1, List.of(MOA_C.address()),
                        new Eid.Home(VM), Optional.empty())));

        assertThat(scene.sent).isEmpty();
        assertThat(scene.count(ImsCounter.FOREIGN_RLOC)).isOne();
    }

    @Test
    void aSubscriberHearsOfTheStagedAddressAndThenOfTheActiveOne() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);

        CompletableFuture<Published> staged = scene.server.stage(VM, MOA_B, SECOND, scene.now);
        Sent publication = scene.sent.peek();
        MapNotify notify = scene.next(MapNotify.class);
        assertThat(notify.nonce()).isEqualTo(101);
        assertThat(notify.record().mapping().staged()).contains(MOA_B);
        assertThat(((Incoming.Signed) publication.incoming()).isProvenBy(PEER_KEY)).isTrue();
        assertThat(staged).isNotDone();

        scene.acknowledge(PEER_AT, notify, PEER_KEY);
        assertThat(staged).isCompletedWithValue(new Published(Set.of(PEER), Set.of()));

        scene.server.activate(VM, MOA_B, SECOND, scene.now);
        assertThat(scene.next(MapNotify.class).nonce()).isEqualTo(102);
    }

    @Test
    void aLostPublicationIsSentAgainUntilItIsAcknowledged() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        CompletableFuture<Published> published = scene.server.stage(VM, MOA_B, SECOND, scene.now);
        MapNotify first = scene.next(MapNotify.class);

        scene.pass(Duration.ofMillis(199));
        assertThat(scene.sent).isEmpty();
        scene.pass(Duration.ofMillis(1));
        assertThat(scene.next(MapNotify.class)).isEqualTo(first);
        scene.pass(Duration.ofMillis(399));
        assertThat(scene.sent).isEmpty();
        scene.pass(Duration.ofMillis(1));
        MapNotify third = scene.next(MapNotify.class);
        scene.acknowledge(PEER_AT, third, PEER_KEY);

        assertThat(published).isCompletedWithValueMatching(Published::complete);
        scene.pass(Duration.ofSeconds(30));
        assertThat(scene.sent).isEmpty();
    }

    @Test
    void whoStaysSilentIsNamedAtTheDeadline() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        CompletableFuture<Published> published = scene.server.stage(VM, MOA_B, SECOND, scene.now);

        scene.pass(Duration.ofSeconds(2));

        assertThat(published).isCompletedWithValue(new Published(Set.of(), Set.of(PEER)));
        for (int i = 0; i < 30; i++) {
            scene.pass(Duration.ofSeconds(1));
        }
        assertThat(scene.sent).as("first transmission and five repetitions").hasSize(6);
    }

    @Test
    void aRepeatedWriteWaitsForThoseOnlyWhoHaveNotHeard() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        scene.server.stage(VM, MOA_B, SECOND, scene.now);
        MapNotify notify = scene.next(MapNotify.class);

        CompletableFuture<Published> repeated = scene.server.stage(VM, MOA_B, SECOND, scene.now);
        assertThat(repeated).isNotDone();
        assertThat(scene.sent).as("one message is on its way already").isEmpty();
        scene.acknowledge(PEER_AT, notify, PEER_KEY);

        assertThat(repeated).isDone();
        assertThat(scene.server.stage(VM, MOA_B, SECOND, scene.now)).isDone();
    }

    @Test
    void aForgedAcknowledgementIsNotBelieved() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        CompletableFuture<Published> published = scene.server.stage(VM, MOA_B, SECOND, scene.now);
        MapNotify notify = scene.next(MapNotify.class);

        scene.acknowledge(PEER_AT, notify, VM_KEY);
        scene.acknowledge(ELSEWHERE, notify, PEER_KEY);

        assertThat(published).isNotDone();
        assertThat(scene.count(ImsCounter.ACK_UNEXPECTED)).isEqualTo(2);
    }

    @Test
    void nobodyCanTakeASubscriptionAwayWithoutItsKey() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);

        scene.request(ELSEWHERE, 200, new Eid.Home(VM), Optional.of(PEER));
        scene.acknowledge(ELSEWHERE, scene.next(MapNotify.class), VM_KEY);
        scene.server.stage(VM, MOA_B, SECOND, scene.now);

        assertThat(scene.sent).extracting(Sent::to).containsExactly(PEER_AT);
    }

    @Test
    void aSubscriberThatMovedIsToldAtItsNewAddressOnly() {
        InetSocketAddress moved = at("2001:db8:d::2", 40001);
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        scene.subscribePeer(moved, 200);

        scene.server.stage(VM, MOA_B, SECOND, scene.now);

        assertThat(scene.sent).extracting(Sent::to).containsExactly(moved);
    }

    @Test
    void aReplayedSubscriptionIsNotOffered() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        scene.request(PEER_AT, 100, new Eid.Home(VM), Optional.of(PEER));

        assertThat(scene.next(MapReply.class).nonce()).isEqualTo(100);
    }

    @Test
    void aChangeBetweenOfferAndAcknowledgementIsPublishedAtOnce() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.request(PEER_AT, 100, new Eid.Home(VM), Optional.of(PEER));
        MapNotify offer = scene.next(MapNotify.class);
        scene.server.stage(VM, MOA_B, SECOND, scene.now);
        assertThat(scene.sent).isEmpty();

        scene.acknowledge(PEER_AT, offer, PEER_KEY);

        MapNotify notify = scene.next(MapNotify.class);
        assertThat(notify.nonce()).isEqualTo(101);
        assertThat(notify.record().mapping().staged()).contains(MOA_B);
    }

    @Test
    void aSubscriptionThatIsNotRefreshedEnds() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        scene.pass(Duration.ofMinutes(4));
        scene.subscribePeer(PEER_AT, 200);
        scene.pass(Duration.ofMinutes(4));
        scene.server.stage(VM, MOA_B, SECOND, scene.now);
        scene.acknowledge(PEER_AT, scene.next(MapNotify.class), PEER_KEY);

        scene.pass(Duration.ofMinutes(2));

        assertThat(scene.server.unstage(VM, SECOND, scene.now)).isDone();
        assertThat(scene.sent).isEmpty();
    }

    @Test
    void subscribersHearThatAHomeIsForgotten() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        scene.server.forget(VM, scene.now);

        MapRecord.OfHome record = scene.next(MapNotify.class).record();
        assertThat(record.ttlMinutes()).isZero();
        assertThat(record.mapping().isEmpty()).isTrue();
    }

    @Test
    void aPeerRegistersWhereItIs() {
        scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));

        MapNotify confirmation = scene.next(MapNotify.class);
        assertThat(confirmation.nonce()).isEqualTo(10);
        assertThat(confirmation.record().mapping().active()).contains(MOA_C);
        assertThat(scene.server.lookup(MOA_C)).isPresent();
    }

    @Test
    void aRegistrationWithAnotherKeyIsDropped() {
        scene.receive(PEER_AT, scene.register(10, MOA_C, VM_KEY));

        assertThat(scene.sent).isEmpty();
        assertThat(scene.server.lookup(PEER)).isEmpty();
        assertThat(scene.count(ImsCounter.REGISTER_UNPROVEN)).isOne();
    }

    @Test
    void aReplayedRegistrationIsDroppedAlsoAfterARestart() {
        byte[] first = scene.register(10, MOA_C, PEER_KEY);
        scene.receive(PEER_AT, first);
        scene.receive(at(MOA_B), scene.register(11, MOA_B, PEER_KEY));
        scene.sent.clear();

        scene.receive(ELSEWHERE, first);
        scene.restart();
        scene.receive(ELSEWHERE, first);

        assertThat(scene.sent).isEmpty();
        assertThat(scene.count(ImsCounter.REGISTER_REPLAYED)).isOne();
        assertThat(scene.server.lookup(PEER).orElseThrow().active()).contains(MOA_B);
    }

    @Test
    void anOwnerThatComesTooLateIsShownWhatWasKept() {
        scene.server.activate(PEER, MOA_A, SECOND, scene.now);
        scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));

        assertThat(scene.next(MapNotify.class).record().mapping().active()).contains(MOA_A);
        assertThat(scene.count(ImsCounter.REGISTER_REFUSED)).isOne();
    }

    @Test
    void anOwnerCannotRaiseTheEpochAndSoShutTheControlServerOut() {
        scene.server.activate(PEER, MOA_A, FIRST, scene.now);
        scene.receive(PEER_AT, LispEncoder.encode(new MapRegister(10, 1, true,
                new MapRecord.OfHome(5, Mapping.none(PEER).activate(MOA_C, new Epoch(Long.MAX_VALUE)))), PEER_KEY));

        assertThat(scene.next(MapNotify.class).record().mapping().active()).contains(MOA_A);
        assertThat(scene.count(ImsCounter.REGISTER_REFUSED)).isOne();
    }

    @Test
    void anOwnerThatIsMovedByTheControlServerCannotSayWhereItIs() {
        scene.server.activate(PEER, MOA_A, FIRST, scene.now);
        scene.receive(PEER_AT, LispEncoder.encode(new MapRegister(10, 1, true,
                new MapRecord.OfHome(5, Mapping.none(PEER).activate(MOA_C, FIRST))), PEER_KEY));
        scene.receive(at(MOA_A), LispEncoder.encode(new MapRegister(11, 1, true,
                new MapRecord.OfHome(0, Mapping.none(PEER).activate(MOA_A, FIRST))), PEER_KEY));

        assertThat(scene.server.lookup(PEER).orElseThrow().active()).contains(MOA_A);
        assertThat(scene.server.lookup(MOA_C)).isEmpty();
        assertThat(scene.count(ImsCounter.REGISTER_REFUSED)).isEqualTo(2);
    }

    @Test
    void anOwnerRegistersNoAddressThatItDoesNotSpeakFrom() {
        scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));
        scene.sent.clear();

        scene.receive(ELSEWHERE, scene.register(11, MOA_A, PEER_KEY));
        scene.receive(PEER_AT, scene.register(12, MOA_A, PEER_KEY));
        scene.receive(ELSEWHERE, registration(13, 0, Mapping.none(PEER).activate(MOA_C, Epoch.NONE)));

        assertThat(scene.sent).isEmpty();
        assertThat(scene.count(ImsCounter.REGISTER_ELSEWHERE)).isEqualTo(3);
        assertThat(scene.server.lookup(PEER)).contains(Mapping.none(PEER).activate(MOA_C, Epoch.NONE));
    }

    @Test
    void whoSendsACopyFromElsewhereTakesNothingFromItsOwner() {
        byte[] registration = scene.register(10, MOA_C, PEER_KEY);
        scene.receive(ELSEWHERE, registration);
        scene.receive(PEER_AT, registration);

        assertThat(scene.server.lookup(PEER).orElseThrow().active()).contains(MOA_C);
    }

    @Test
    void anOwnerWhoseClockIsBehindIsToldWhereItsNoncesMustGoOn() {
        scene.receive(PEER_AT, scene.register(1_000, MOA_C, PEER_KEY));
        scene.sent.clear();

        scene.receive(PEER_AT, scene.register(10, MOA_C, VM_KEY));
        scene.receive(ELSEWHERE, scene.register(10, MOA_C, PEER_KEY));
        assertThat(scene.sent).as("those who are not the owner").isEmpty();
        scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));
        assertThat(scene.next(MapNotify.class).nonce()).isEqualTo(1_000);
        scene.receive(PEER_AT, scene.register(1_001, MOA_C, PEER_KEY));
        assertThat(scene.next(MapNotify.class).nonce()).isEqualTo(1_001);

        for (int i = 0; i < 1_000; i++) {
            scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));
        }
        assertThat(scene.sent).as("played again and again").hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void aRigMayRegisterAnythingWhenThePolicySaysSo() {
        ImsScene rig = new ImsScene(ImsPolicy.DEFAULT.withRegistrations(RegistrationPolicy.UNCHECKED));
        for (int nonce = 1; nonce <= 1_000; nonce++) {
            rig.receive(PEER_AT, rig.register(nonce, MOA_A, PEER_KEY));
        }

        assertThat(rig.server.lookup(PEER).orElseThrow().active()).contains(MOA_A);
        assertThat(rig.count(ImsCounter.REGISTERED)).isEqualTo(1_000);
    }

    @Test
    void whatPeersWouldFollowBlindlyIsNotTheOwnersToSay() {
        scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));
        scene.sent.clear();
        Mapping staged = Mapping.none(PEER).activate(MOA_C, Epoch.NONE).stage(MOA_A, Epoch.NONE);
        Mapping retired = Mapping.none(PEER).activate(MOA_A, Epoch.NONE).activate(MOA_C, Epoch.NONE);
        scene.receive(PEER_AT, registration(11, 5, staged));
        scene.receive(PEER_AT, registration(12, 5, retired));

        assertThat(scene.count(ImsCounter.REGISTER_REFUSED)).isEqualTo(2);
        Mapping kept = scene.next(MapNotify.class).record().mapping();
        assertThat(kept).isEqualTo(Mapping.none(PEER).activate(MOA_C, Epoch.NONE));
        assertThat(scene.server.lookup(MOA_A)).isEmpty();
    }

    @Test
    void anOwnerThatRegistersTooOftenIsTakenAgainLaterWithWhatItSaysThen() {
        int burst = RegistrationPolicy.CHECKED.burst();
        for (int nonce = 1; nonce <= burst + 10; nonce++) {
            scene.receive(PEER_AT, scene.register(nonce, MOA_C, PEER_KEY));
        }
        assertThat(scene.sent).hasSize(burst);
        assertThat(scene.count(ImsCounter.REGISTER_BEYOND_RATE)).isEqualTo(10);

        byte[] moved = scene.register(100, MOA_B, PEER_KEY);
        scene.receive(at(MOA_B), moved);
        assertThat(scene.server.lookup(PEER).orElseThrow().active()).contains(MOA_C);
        scene.pass(Duration.ofMinutes(1).dividedBy(RegistrationPolicy.CHECKED.perMinute()));
        scene.receive(at(MOA_B), moved);
        assertThat(scene.server.lookup(PEER).orElseThrow().active()).contains(MOA_B);
        scene.receive(at(MOA_B), scene.register(101, MOA_B, PEER_KEY));
        assertThat(scene.count(ImsCounter.REGISTERED)).as("one for each interval").isEqualTo(burst + 1);
    }

    @Test
    void anOwnerHasItsRateForItselfAndNobodyCanUseItUp() {
        for (int nonce = 1; nonce <= 100; nonce++) {
            scene.receive(PEER_AT, scene.register(nonce, MOA_C, VM_KEY));
            scene.receive(at(MOA_A), LispEncoder.encode(new MapRegister(nonce, 1, false,
                    new MapRecord.OfHome(5, Mapping.none(VM).activate(MOA_A, Epoch.NONE))), VM_KEY));
        }
        assertThat(scene.count(ImsCounter.REGISTERED)).isEqualTo(RegistrationPolicy.CHECKED.burst());

        scene.receive(PEER_AT, scene.register(200, MOA_C, PEER_KEY));
        assertThat(scene.server.lookup(PEER).orElseThrow().active()).contains(MOA_C);
    }

    private static byte[] registration(long nonce, int ttlMinutes, Mapping mapping) {
        return LispEncoder.encode(new MapRegister(nonce, 1, true, new MapRecord.OfHome(ttlMinutes, mapping)), PEER_KEY);
    }

    @Test
    void aRegistrationThatIsNotRefreshedEnds() {
        scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));
        scene.pass(Duration.ofMinutes(4));
        scene.restart();
        scene.receive(PEER_AT, scene.register(11, MOA_C, PEER_KEY));
        scene.pass(Duration.ofMinutes(4));
        assertThat(scene.server.lookup(PEER)).isPresent();

        scene.pass(Duration.ofMinutes(1));

        assertThat(scene.server.lookup(PEER)).isEmpty();
        assertThat(scene.count(ImsCounter.EXPIRED)).isOne();
    }

    @Test
    void whatTheControlServerHasWrittenDoesNotEnd() {
        scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));
        scene.server.activate(PEER, MOA_C, Epoch.NONE, scene.now);
        scene.pass(Duration.ofDays(1));

        assertThat(scene.server.lookup(PEER)).isPresent();
    }

    @Test
    void anOwnerTakesItsRegistrationBack() {
        scene.receive(PEER_AT, scene.register(10, MOA_C, PEER_KEY));
        scene.receive(PEER_AT, LispEncoder.encode(new MapRegister(11, 1, true,
                new MapRecord.OfHome(0, Mapping.none(PEER).activate(MOA_C, Epoch.NONE))), PEER_KEY));

        assertThat(scene.server.lookup(PEER)).isEmpty();
        assertThat(scene.server.lookup(MOA_C)).isEmpty();
    }

    @Test
    void aRestartedServerKnowsItsSubscribersAndTellsThemWhereThingsStand() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        scene.save();
        scene.server.stage(VM, MOA_B, SECOND, scene.now);
        scene.sent.clear();
        scene.restart();

        scene.pass(Duration.ofMillis(20));

        MapNotify notify = scene.next(MapNotify.class);
        assertThat(notify.record().mapping().staged()).contains(MOA_B);
        assertThat(notify.nonce()).as("beyond what was published since it was saved").isGreaterThan(101);
        scene.acknowledge(PEER_AT, notify, PEER_KEY);
        assertThat(scene.count(ImsCounter.ACKNOWLEDGED)).isOne();
        CompletableFuture<Published> published = scene.server.unstage(VM, SECOND, scene.now);
        assertThat(published).isNotDone();
        assertThat(scene.next(MapNotify.class).nonce()).isEqualTo(notify.nonce() + 1);
    }

    @Test
    void aSubscriptionOutlivesTheProcessButNotItsTime() {
        scene.server.activate(VM, MOA_A, FIRST, scene.now);
        scene.subscribePeer(PEER_AT, 100);
        scene.save();
        scene.restart();
        scene.pass(Duration.ofMinutes(6));
        scene.sent.clear();
        scene.server.stage(VM, MOA_B, SECOND, scene.now);
        assertThat(scene.sent).isEmpty();

        scene.save();
        assertThat(scene.store.subscriptions).isEmpty();
    }

    @Test
    void rubbishIsCountedAndDropped() {
        scene.receive(PEER_AT, new byte[]{1, 2, 3 });

        assertThat(scene.sent).isEmpty();
        assertThat(scene.count(ImsCounter.MALFORMED)).isOne();
    }
}
