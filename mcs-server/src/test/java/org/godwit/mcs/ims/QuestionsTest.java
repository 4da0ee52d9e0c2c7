package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.mcs.ims.ImsScene.MOA_A;
import static org.godwit.mcs.ims.ImsScene.MOA_B;
import static org.godwit.mcs.ims.ImsScene.MOA_C;
import static org.godwit.mcs.ims.ImsScene.PEER;
import static org.godwit.mcs.ims.ImsScene.PEER_AT;
import static org.godwit.mcs.ims.ImsScene.VM;
import static org.godwit.mcs.ims.ImsScene.at;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.godwit.mcs.ims.ImsScene.Sent;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Eid;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.EncapsulatedRequest;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an unauthenticated question can make the mapping server do, and what not. */
class QuestionsTest {

    private static final Epoch SECOND = new Epoch(2);

    private final ImsScene scene = new ImsScene(
            ImsPolicy.DEFAULT.withQuestions(new SourceRate(100, 200)));

    @BeforeEach
    void aMappingWithEverything() {
        scene.server.activate(VM, MOA_A, new Epoch(1), scene.now);
        scene.server.activate(VM, MOA_B, SECOND, scene.now);
        scene.server.stage(VM, MOA_C, SECOND, scene.now);
    }

    @Test
    void anEncapsulatedQuestionIsAnsweredAtTheInnerPort() {
        MapRequest request = question(7, Optional.empty());
        scene.receive(at(MOA_C.toString(), 4342), LispEncoder.encode(
                new EncapsulatedRequest(ImsScene.rloc(PEER_AT), 61000, VM.address(), request)));

        assertThat(scene.sent).extracting(Sent::to).containsExactly(at(MOA_C.toString(), 61000));
        assertThat(scene.next(MapReply.class).record())
                .isEqualTo(new MapRecord.OfHome(5, scene.server.lookup(VM).orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 32 })
    void noAnswerIsLongerThanItsQuestion(int itrRlocs) {
        for (Optional<HomeAddress> subscriber : List.of(Optional.<HomeAddress>empty(), Optional.of(PEER))) {
            byte[] question = LispEncoder.encode(question(itrRlocs, subscriber));
            scene.receive(PEER_AT, question);
            assertThat(scene.sent)
                    .allSatisfy(sent -> assertThat(sent.frame()).hasSizeLessThanOrEqualTo(question.length));
        }
    }

    @Test
    void aShortQuestionIsToldWhatMattersMost() {
        Mapping all = scene.server.lookup(VM).orElseThrow();

        assertThat(answer(6).mapping()).isEqualTo(all);
        assertThat(answer(5).mapping()).as("without what is retired")
                .isEqualTo(new Mapping(VM, all.active(), all.staged(), Optional.empty(), SECOND));
        assertThat(answer(2).mapping()).as("the active one alone")
                .isEqualTo(Mapping.none(VM).activate(MOA_B, Epoch.NONE));
        scene.receive(PEER_AT, LispEncoder.encode(question(1, Optional.empty())));
        assertThat(scene.sent).as("12 bytes too short for the shortest answer").isEmpty();
        assertThat(scene.count(ImsCounter.QUESTION_TOO_SHORT)).isOne();
    }

    @Test
    void aSubscriptionWithoutRoomForItsOfferIsALookup() {
        scene.receive(PEER_AT, LispEncoder.encode(question(3, Optional.of(PEER))));

        assertThat(scene.next(MapReply.class).record()).isInstanceOf(MapRecord.OfHome.class);
    }

    @Test
    void aSourceThatAsksTooMuchIsNotAnsweredAndOthersAre() {
        IntStream.range(0, 500).forEach(i -> ask(at("2001:db8:bad::" + Integer.toHexString(i + 1), 4000)));
        assertThat(scene.sent).as("the /64 counts, not the address").hasSize(200);
        assertThat(scene.count(ImsCounter.QUESTION_BEYOND_RATE)).isEqualTo(300);

        ask(PEER_AT);
        assertThat(scene.sent).hasSize(201);
        scene.pass(Duration.ofSeconds(1));
        IntStream.range(0, 500).forEach(_ -> ask(at("2001:db8:bad::1", 4000)));
        assertThat(scene.sent).as("100 a second in the long run").hasSize(301);
    }

    @Test
    void sourcesWithoutNumberDoNotSilenceAnHonestOne() {
        for (int i = 0; i < 100_000; i++) {
            ask(at("2001:db8:%x:%x::1".formatted(0x1000 + (i >> 16), i & 0xffff), 4000));
        }
        scene.sent.clear();
        ask(PEER_AT);
        assertThat(scene.sent).hasSize(1);
    }

    private void ask(InetSocketAddress from) {
        scene.request(from, 1, new Eid.Home(VM), Optional.empty());
    }

    private MapRecord.OfHome answer(int itrRlocs) {
        scene.receive(PEER_AT, LispEncoder.encode(question(itrRlocs, Optional.empty())));
        return (MapRecord.OfHome) scene.next(MapReply.class).record();
    }

    private static MapRequest question(int itrRlocs, Optional<HomeAddress> subscriber) {
        return new MapRequest(77, Collections.nCopies(itrRlocs, ImsScene.rloc(PEER_AT)), new Eid.Home(VM), subscriber);
    }
}
