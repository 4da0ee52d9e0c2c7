package org.godwit.guest.ims;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispDecoder;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapNotifyAck;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.godwit.protocol.lisp.MalformedFrameException;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.Test;

/** The test plays the mapping server; the clock stands still unless told. */
class ImsSessionTest {

    private static final HomeAddress SELF = HomeAddress.of("2001:db8:face::2");
    private static final HomeAddress VM = HomeAddress.of("2001:db8:face::1");
    private static final MobileAddress MOA_A = MobileAddress.of("2001:db8:a::100");
    private static final MobileAddress MOA_B = MobileAddress.of("2001:db8:b::100");
    private static final IPv6Address HERE = MobileAddress.of("2001:db8:c::2").address();
    private static final IPv6Address THERE = MobileAddress.of("2001:db8:d::2").address();
    private static final MappingKey KEY = MappingKey.of("the key of the correspondent".getBytes());
    private static final MappingKey WRONG_KEY = MappingKey.of("the key of somebody else...".getBytes());
    private static final Mapping AT_A = Mapping.none(VM).activate(MOA_A, new Epoch(1));
    private static final Mapping A_TO_B = AT_A.stage(MOA_B, new Epoch(2));
    private static final Mapping AT_B = A_TO_B.activate(MOA_B, new Epoch(2));

    private final Deque<byte[]> sent = new ArrayDeque<>();
    private final List<Mapping> heard = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1_000;
    private final ImsSession session = new ImsSession(SELF, KEY,
            new GrowingNonces(InstantSource.fixed(Instant.parse("2026-11-21T00:00:00Z")), new Random(1)), sent::add,
            heard::add);

    ImsSessionTest() {
        session.bound(HERE, now);
    }

    @Test
    void aHomeIsResolvedAndWatched() {
        CompletableFuture<Optional<Mapping>> answer = session.resolve(VM, now);
        MapRequest request = next(MapRequest.class);
        assertThat(request.itrRlocs()).containsOnly(HERE);
        assertThat(request.subscriber()).contains(SELF);

        notify(request.nonce(), AT_A, KEY);

        assertThat(answer).isCompletedWithValue(Optional.of(AT_A));
        assertThat(next(MapNotifyAck.class).nonce()).isEqualTo(request.nonce());
        assertThat(session.resolve(VM, now)).as("known, not asked again").isCompletedWithValue(Optional.of(AT_A));
        assertThat(sent).isEmpty();
    }

    @Test
    void whoIsWatchedFromBeforeIsAskedForUntilThereIsAnAnswer() {
        session.watch(List.of(VM), now);
        for (int second = 0; second < 200; second++) {
            now += 1_000_000_000L;
            session.tick(now);
        }
        sent.clear();
        now += Duration.ofSeconds(61).toNanos();
        session.tick(now);

        notify(next(MapRequest.class).nonce(), AT_A, KEY);
        assertThat(heard).containsExactly(AT_A);
    }

    @Test
    void theServerIsNotFloodedWithQuestionsAboutWhoIsWatchedFromBefore() {
        session.watch(
                IntStream.range(1, 5000).mapToObj(i -> HomeAddress.of("2001:db8:face:0:1::" + Integer.toHexString(i)))
                        .toList(),
                now);
        assertThat(sent).hasSize(200);
        sent.clear();
        session.tick(now + Duration.ofMillis(200).toNanos());
        assertThat(sent).hasSize(40);
    }

    @Test
    void thatNothingIsKnownOfWhoIsWatchedFromBeforeIsTold() {
        session.watch(List.of(VM), now);
        MapRequest request = next(MapRequest.class);
        reply(request.nonce(), new MapRecord.OfHome(1, Mapping.none(VM)));

        assertThat(heard).containsExactly(Mapping.none(VM));
    }

    @Test
    void whatIsKnownOfAnOlderEpochThanSomebodySaysIsAskedForAnew() {
        watch(AT_A);
        sent.clear();
        assertThat(session.resolve(VM, AT_A.epoch(), now)).isCompletedWithValue(Optional.of(AT_A));
        assertThat(sent).isEmpty();

        assertThat(session.resolve(VM, AT_A.epoch().next(), now)).isNotDone();
        assertThat(next(MapRequest.class).subscriber()).contains(SELF);
    }

    @Test
    void aStagedAddressIsHeardOfAndAcknowledged() {
        long nonce = watch(AT_A);

        notify(nonce + 1, A_TO_B, KEY);
        assertThat(next(MapNotifyAck.class).nonce()).isEqualTo(nonce + 1);
        notify(nonce + 2, AT_B, KEY);

        assertThat(heard).containsExactly(AT_A, A_TO_B, AT_B);
    }

    @Test
    void aNewKeyIsShownAtOnceAndTheOldOneBelievedUntilTheServerKnowsIt() throws MalformedFrameException {
        MappingKey newKey = MappingKey.of("a new key for the correspondent".getBytes());
        long nonce = watch(AT_A);
        session.rekey(newKey);

        notify(nonce + 1, A_TO_B, KEY);
        assertThat(heard).containsExactly(AT_A, A_TO_B);
        assertThat(((Incoming.Signed) LispDecoder.decode(ByteBuffer.wrap(sent.getLast()))).isProvenBy(newKey)).isTrue();
        notify(nonce + 2, AT_B, newKey);
        notify(nonce + 3, AT_A, KEY);
        assertThat(heard).as("the old key after the new one").containsExactly(AT_A, A_TO_B, AT_B);
    }

    @Test
    void aRepeatedPublicationIsAcknowledgedAgainButToldOnce() {
        long nonce = watch(AT_A);
        notify(nonce + 1, A_TO_B, KEY);
        notify(nonce + 1, A_TO_B, KEY);

        assertThat(sent).hasSize(2);
        assertThat(heard).containsExactly(AT_A, A_TO_B);
    }

    @Test
    void aForgedPublicationIsNeitherBelievedNorAcknowledged() {
        long nonce = watch(AT_A);
        notify(nonce + 1, A_TO_B, WRONG_KEY);

        assertThat(heard).containsExactly(AT_A);
        assertThat(sent).isEmpty();
        assertThat(session.refused()).isOne();
    }

    @Test
    void aPublicationOfLongAgoIsNotBelieved() {
        long nonce = watch(AT_A);
        notify(nonce - (1L << 40), A_TO_B, KEY);
        notify(nonce + (1L << 40), A_TO_B, KEY);

        assertThat(heard).containsExactly(AT_A);
        assertThat(session.refused()).isEqualTo(2);
    }

    @Test
    void aPublicationThatWasOvertakenChangesNothing() {
        long nonce = watch(AT_A);
        notify(nonce + 2, AT_B, KEY);
        notify(nonce + 1, A_TO_B, KEY);

        assertThat(heard).containsExactly(AT_A, AT_B);
    }

    @Test
    void anOlderEpochNeverReplacesANewerOne() {
        long nonce = watch(AT_B);
        notify(nonce + 1, AT_A, KEY);

        assertThat(heard).containsExactly(AT_B);
    }

    @Test
    void aForgottenHomeMayBeginAnew() {
        long nonce = watch(AT_B);
        notify(nonce + 1, Mapping.none(VM), KEY);
        notify(nonce + 2, AT_A, KEY);

        assertThat(heard).containsExactly(AT_B, Mapping.none(VM), AT_A);
    }

    @Test
    void aQuestionIsRepeatedAndThenGivenUp() {
        CompletableFuture<Optional<Mapping>> answer = session.resolve(VM, now);
        pass(Duration.ofMillis(249));
        assertThat(sent).hasSize(1);
        pass(Duration.ofMillis(1));
        assertThat(sent).hasSize(2);
        pass(Duration.ofMillis(500));
        pass(Duration.ofMillis(1000));
        assertThat(sent).hasSize(4);
        assertThat(answer).isNotDone();
        pass(Duration.ofMillis(2000));

        assertThat(answer).isCompletedExceptionally();
        assertThat(answer.exceptionNow()).isInstanceOf(ImsSilentException.class)
                .hasMessage("the mapping server did not answer: where is 2001:db8:face::1?");
        assertThat(session.isWaiting()).isFalse();
    }

    @Test
    void twoWhoAskTheSameAreAnsweredAtOnce() {
        CompletableFuture<Optional<Mapping>> one = session.resolve(VM, now);
        CompletableFuture<Optional<Mapping>> two = session.resolve(VM, now);
        notify(next(MapRequest.class).nonce(), AT_A, KEY);

        assertThat(one).isCompletedWithValue(Optional.of(AT_A));
        assertThat(two).isCompletedWithValue(Optional.of(AT_A));
    }

    @Test
    void aReplyWithAnotherNonceIsNotBelieved() {
        CompletableFuture<Optional<Mapping>> answer = session.resolve(VM, now);
        MapRequest request = next(MapRequest.class);
        reply(request.nonce() + 1, new MapRecord.OfHome(5, AT_A));

        assertThat(answer).isNotDone();
        assertThat(session.refused()).isOne();
    }

    @Test
    void ofAnUnprovenReplyOnlyTheActiveAddressIsBelieved() {
        CompletableFuture<Optional<Mapping>> answer = session.resolve(VM, now);
        reply(next(MapRequest.class).nonce(), new MapRecord.OfHome(5, A_TO_B));

        assertThat(answer).isCompletedWithValue(Optional.of(Mapping.none(VM).activate(MOA_A, Epoch.NONE)));
    }

    @Test
    void anUnprovenReplyDoesNotReplaceWhatWasProven() {
        watch(AT_A);
        pass(Duration.ofSeconds(1));
        reply(next(MapRequest.class).nonce(), new MapRecord.OfHome(5, AT_B));

        assertThat(session.resolve(VM, now)).isCompletedWithValue(Optional.of(AT_A));
        assertThat(heard).containsExactly(AT_A);
    }

    @Test
    void whatTheServerDoesNotKnowIsNothing() {
        CompletableFuture<Optional<Mapping>> answer = session.resolve(VM, now);
        reply(next(MapRequest.class).nonce(), new MapRecord.OfHome(15, Mapping.none(VM)));

        assertThat(answer).isCompletedWithValue(Optional.empty());
        pass(Duration.ofMinutes(1));
        assertThat(sent).as("nothing to refresh").isEmpty();
    }

    @Test
    void subscriptionsAreRefreshedSoonAndThenLessOften() {
        watch(AT_A);
        List<Integer> seconds = new ArrayList<>();
        for (int second = 1; second <= 80; second++) {
            pass(Duration.ofSeconds(1));
            while (!sent.isEmpty()) {
                if (message(sent.remove()) instanceof MapRequest request) {
                    seconds.add(second);
                    notify(request.nonce(), AT_A, KEY);
                }
            }
        }
        assertThat(seconds).containsExactly(1, 3, 7, 15, 31, 63);
    }

    @Test
    void afterAMoveEverySubscriptionMovesToo() {
        watch(AT_A);
        session.bound(THERE, now);

        assertThat(next(MapRequest.class).itrRlocs()).containsOnly(THERE);
    }

    @Test
    void aQuestionFromAnOldAddressIsAskedAgainFromTheNewOne() {
        CompletableFuture<Optional<Mapping>> answer = session.resolve(VM, now);
        next(MapRequest.class);
        session.bound(THERE, now);
        MapRequest again = next(MapRequest.class);
        assertThat(again.itrRlocs()).containsOnly(THERE);
        notify(again.nonce(), AT_A, KEY);

        assertThat(answer).isCompletedWithValue(Optional.of(AT_A));
    }

    @Test
    void aMobileAddressLeadsToItsHome() {
        CompletableFuture<Optional<AddressBinding>> answer = session.resolve(MOA_A, now);
        AddressBinding binding = new AddressBinding(VM, MOA_A, BindingState.ACTIVE, new Epoch(1));
        reply(next(MapRequest.class).nonce(), new MapRecord.OfMobile(5, MOA_A, Optional.of(binding)));

        assertThat(answer).isCompletedWithValue(Optional.of(binding));
    }

    @Test
    void aRegistrationIsConfirmedByTheServer() {
        CompletableFuture<Boolean> answer = session.register(MOA_A, now);
        MapRegister register = next(MapRegister.class);
        notify(register.nonce(), register.record().mapping(), KEY);

        assertThat(answer).isCompletedWithValue(true);
        assertThat(sent).as("a confirmation is not acknowledged").isEmpty();
    }

    @Test
    void aRegistrationThatTheServerDoesNotTakeIsTold() {
        CompletableFuture<Boolean> answer = session.register(MOA_A, now);
        notify(next(MapRegister.class).nonce(), Mapping.none(SELF).activate(MOA_B, new Epoch(4)), KEY);

        assertThat(answer).isCompletedWithValue(false);
    }

    @Test
    void aRepeatedRegistrationHasAGreaterNonce() {
        session.register(MOA_A, now);
        long first = next(MapRegister.class).nonce();
        pass(Duration.ofMillis(250));

        assertThat(next(MapRegister.class).nonce()).isGreaterThan(first);
    }

    @Test
    void aClientWhoseClockIsBehindGoesOnWhereTheServerSaysThatItWas() {
        CompletableFuture<Boolean> answer = session.register(MOA_A, now);
        long behind = next(MapRegister.class).nonce();
        Mapping kept = Mapping.none(SELF).activate(MOA_B, Epoch.NONE);
        notify(behind + (1L << 40), kept, WRONG_KEY);
        pass(Duration.ofMillis(250));
        assertThat(next(MapRegister.class).nonce()).as("anybody may say so").isLessThan(behind + (1L << 40));

        notify(behind + (1L << 40), kept, KEY);
        assertThat(answer).isNotDone();
        pass(Duration.ofMillis(500));
        MapRegister register = next(MapRegister.class);
        assertThat(register.nonce()).isGreaterThan(behind + (1L << 40));
        notify(register.nonce(), register.record().mapping(), KEY);
        assertThat(answer).isCompletedWithValue(true);
    }

    private long watch(Mapping mapping) {
        session.resolve(VM, now);
        long nonce = next(MapRequest.class).nonce();
        notify(nonce, mapping, KEY);
        next(MapNotifyAck.class);
        return nonce;
    }

    private void pass(Duration time) {
        now += time.toNanos();
        session.tick(now);
    }

    private void notify(long nonce, Mapping mapping, MappingKey key) {
        int ttlMinutes = mapping.isEmpty() ? 0 : 5;
        receive(LispEncoder.encode(new MapNotify(nonce, 1, new MapRecord.OfHome(ttlMinutes, mapping)), key));
    }

    private void reply(long nonce, MapRecord record) {
        receive(LispEncoder.encode(new MapReply(nonce, record)));
    }

    private void receive(byte[] frame) {
        session.receive(ByteBuffer.wrap(frame), now);
    }

    /** The oldest message that the session has sent and the test has not looked at. */
    private <T extends LispMessage> T next(Class<T> type) {
        assertThat(sent).as("nothing was sent").isNotEmpty();
        LispMessage message = message(sent.remove());
        assertThat(message).isInstanceOf(type);
        return type.cast(message);
    }

    private static LispMessage message(byte[] frame) {
        try {
            return switch (LispDecoder.decode(ByteBuffer.wrap(frame))) {
                case Incoming.Unsigned unsigned -> unsigned.message();
                case Incoming.Signed signed -> signed.claim();
            };
        } catch (MalformedFrameException e) {
            throw new AssertionError(e);
        }
    }
}
