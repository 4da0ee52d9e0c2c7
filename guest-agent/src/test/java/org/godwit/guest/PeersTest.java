package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.junit.jupiter.api.Test;

class PeersTest {

    private static final HomeAddress OWN = HomeAddress.of("2001:db8:face::c");
    private static final HomeAddress VM = HomeAddress.of("2001:db8:face::1");
    private static final MobileAddress A = MobileAddress.of("2001:db8:a::1");
    private static final MobileAddress B = MobileAddress.of("2001:db8:b::1");

    private final FakeDataPlane plane = new FakeDataPlane();
    private final Peers peers = new Peers(plane, OWN,
            new LineLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), () -> 0));

    private static Mapping at(MobileAddress moa, long epoch) {
        return Mapping.none(VM).activate(moa, new Epoch(epoch));
    }

    private void peerIs(String expected) {
        assertThat(plane.toString()).isEqualTo(expected + "exempt: ");
    }

    @Test
    void aStagedAddressIsAnnouncedToTheKernel() {
        peers.learn(at(A, 1));
        peers.learn(at(A, 1).stage(B, new Epoch(2)));

        peerIs("2001:db8:face::1: active 2001:db8:a::1, staged 2001:db8:b::1\n");
    }

    @Test
    void anOlderMappingDoesNotReplaceANewerOne() {
        peers.learn(at(B, 7));
        peers.learn(at(A, 6));

        peerIs("2001:db8:face::1: active 2001:db8:b::1\n");
    }

    @Test
    void theKernelsPromotionIsNotTurnedBackByTheSameEpoch() {
        Mapping staged = at(A, 1).stage(B, new Epoch(2));
        peers.learn(staged);
        peers.flipped(VM, B);
        peers.learn(staged);

        // Nothing was put: the kernel keeps what it promoted.
        peerIs("2001:db8:face::1: active 2001:db8:a::1, staged 2001:db8:b::1\n");

        peers.learn(staged.activate(B, new Epoch(2)));
        peers.learn(at(B, 3));
        peerIs("2001:db8:face::1: active 2001:db8:b::1\n");
    }

    @Test
    void aPromotionByAFalseAlarmIsTurnedBackWhenNothingIsStagedAnyMore() {
        Mapping staged = at(A, 1).stage(B, new Epoch(2));
        peers.learn(staged);
        peers.flipped(VM, B);
        peers.learn(staged.unstage(new Epoch(2)));

        peerIs("2001:db8:face::1: active 2001:db8:a::1\n");
    }

    @Test
    void aPeerWithoutAnActiveAddressIsForgotten() {
        peers.learn(at(A, 1));
        peers.learn(new Mapping(VM, Optional.empty(), Optional.empty(), Optional.of(A), new Epoch(2)));

        peerIs("");
    }

    @Test
    void aPeerThatTheServerForgotIsForgotten() {
        peers.learn(at(A, 1));
        peers.learn(Mapping.none(VM));

        peerIs("");
    }

    @Test
    void whoWaitsForAPeerThatNobodyKnowsIsTold() {
        peers.learn(Mapping.none(VM));

        assertThat(plane.unreachable).containsExactly(VM.toString());
    }

    @Test
    void whatAPredecessorLeftInTheKernelIsNotReplacedByWhatIsOlder() {
        // Promoted by the kernel: B is active, though the server still says "staged".
        plane.putPeer(VM, B, Optional.empty(), Optional.of(A), new Epoch(2));
        Peers successor = new Peers(plane, OWN,
                new LineLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), () -> 0));
        assertThat(successor.known()).containsExactly(VM);

        successor.learn(at(A, 1));
        successor.learn(at(A, 1).stage(B, new Epoch(2)));
        peerIs("2001:db8:face::1: active 2001:db8:b::1, retired 2001:db8:a::1\n");
        successor.learn(at(B, 1).stage(A, new Epoch(3)));
        peerIs("2001:db8:face::1: active 2001:db8:b::1, staged 2001:db8:a::1\n");
    }

    @Test
    void theOwnMappingIsNobodysPeer() {
        peers.learn(Mapping.none(OWN).activate(A, new Epoch(1)));

        peerIs("");
    }
}
