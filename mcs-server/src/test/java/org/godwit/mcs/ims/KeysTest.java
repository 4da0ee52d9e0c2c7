package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.mcs.ims.ImsScene.MOA_A;
import static org.godwit.mcs.ims.ImsScene.MOA_B;
import static org.godwit.mcs.ims.ImsScene.MOA_C;
import static org.godwit.mcs.ims.ImsScene.PEER;
import static org.godwit.mcs.ims.ImsScene.PEER_AT;
import static org.godwit.mcs.ims.ImsScene.PEER_KEY;
import static org.godwit.mcs.ims.ImsScene.VM;
import static org.godwit.mcs.ims.ImsScene.at;

import java.time.Duration;
import java.util.Optional;
import org.godwit.mcs.ims.ImsScene.Sent;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Eid;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A key is replaced without a gap, and taken away at once. */
class KeysTest {

    private static final MappingKey NEW_KEY = MappingKey.of("a new key for the correspondent".getBytes());

    private final ImsScene scene = new ImsScene();

    @BeforeEach
    void aSubscribedPeer() {
        scene.server.activate(VM, MOA_A, new Epoch(1), scene.now);
        scene.subscribePeer(PEER_AT, 100);
    }

    @Test
    void bothKeysAreGoodUntilTheNewOneIsUsed() {
        scene.server.rotate(PEER, NEW_KEY);
        assertThat(registered(10, PEER_KEY)).isTrue();
        assertThat(registered(11, PEER_KEY)).isTrue();

        assertThat(registered(12, NEW_KEY)).isTrue();
        assertThat(registered(13, PEER_KEY)).as("the old key after the new one").isFalse();
        scene.restart();
        assertThat(registered(14, PEER_KEY)).isFalse();
        assertThat(registered(15, NEW_KEY)).isTrue();
    }

    @Test
    void theServerSignsWithTheOldKeyUntilItHasSeenTheNewOne() {
        scene.server.rotate(PEER, NEW_KEY);
        scene.server.stage(VM, MOA_B, new Epoch(2), scene.now);
        assertThat(signedWith(PEER_KEY)).isTrue();

        MapNotify notify = scene.next(MapNotify.class);
        scene.acknowledge(PEER_AT, notify, NEW_KEY);
        assertThat(scene.count(ImsCounter.ACKNOWLEDGED)).isOne();
        scene.server.unstage(VM, new Epoch(2), scene.now);
        assertThat(signedWith(NEW_KEY)).isTrue();
    }

    @Test
    void whatIsOnItsWayWhenAKeySettlesIsSignedAnew() {
        scene.server.rotate(PEER, NEW_KEY);
        scene.server.stage(VM, MOA_B, new Epoch(2), scene.now);
        scene.sent.clear();
        scene.server.settle(PEER);
        scene.pass(Duration.ofMillis(200));

        assertThat(signedWith(NEW_KEY)).isTrue();
    }

    @Test
    void anUnusedNewKeyTakesOverAtItsTime() {
        scene.server.rotate(PEER, NEW_KEY);
        scene.pass(Duration.ofHours(23));
        assertThat(registered(10, PEER_KEY)).isTrue();
        scene.restart();
        scene.pass(Duration.ofHours(1));
        assertThat(registered(11, PEER_KEY)).isFalse();
        assertThat(registered(12, NEW_KEY)).isTrue();
    }

    @Test
    void aSecondRotationReplacesTheKeyThatWasNeverUsed() {
        MappingKey third = MappingKey.of("one more key for that peer".getBytes());
        scene.server.rotate(PEER, NEW_KEY);
        scene.server.rotate(PEER, third);
        assertThat(registered(10, NEW_KEY)).isFalse();
        assertThat(registered(11, third)).isTrue();
    }

    @Test
    void aRevokedKeyIsGoodForNothing() {
        scene.server.activate(PEER, MOA_C, Epoch.NONE, scene.now);
        scene.server.revoke(PEER);
        assertThat(registered(10, PEER_KEY)).isFalse();
        scene.server.stage(VM, MOA_B, new Epoch(2), scene.now);
        assertThat(scene.sent).as("publications").isEmpty();
        scene.request(PEER_AT, 300, new Eid.Home(VM), Optional.of(PEER));
        assertThat(scene.next(MapReply.class).nonce()).isEqualTo(300);
        assertThat(scene.server.lookup(PEER)).as("the mapping stays").isPresent();

        scene.server.rotate(PEER, NEW_KEY);
        assertThat(registered(11, NEW_KEY)).isTrue();
    }

    @Test
    void aReplayIsNotGoodUnderAnyKey() {
        byte[] first = scene.register(10, MOA_C, PEER_KEY);
        scene.receive(PEER_AT, first);
        scene.server.rotate(PEER, NEW_KEY);
        scene.receive(PEER_AT, first);
        scene.server.enrol(PEER, NEW_KEY);
        scene.server.enrol(PEER, PEER_KEY);
        scene.receive(PEER_AT, first);
        assertThat(scene.count(ImsCounter.REGISTERED)).isOne();
        assertThat(scene.count(ImsCounter.REGISTER_REPLAYED)).isEqualTo(2);
    }

    @Test
    void whoForgesTooMuchIsNotListenedToAndOthersAre() {
        for (int i = 0; i < 3_000; i++) {
            scene.receive(at("2001:db8:bad::1", 4000), scene.register(1_000 + i, MOA_C, NEW_KEY));
        }
        assertThat(scene.count(ImsCounter.REGISTER_UNPROVEN)).isEqualTo(2_000);
        assertThat(scene.count(ImsCounter.SIGNED_BEYOND_RATE)).isEqualTo(1_000);
        assertThat(registered(10, PEER_KEY)).isTrue();
    }

    private boolean registered(long nonce, MappingKey key) {
        long before = scene.count(ImsCounter.REGISTERED);
        scene.receive(PEER_AT, scene.register(nonce, MOA_C, key));
        scene.sent.clear();
        return scene.count(ImsCounter.REGISTERED) > before;
    }

    private boolean signedWith(MappingKey key) {
        Sent last = scene.sent.getLast();
        HomeAddress about = ((Incoming.Signed) last.incoming()).claim().record().mapping().hoa();
        return about.equals(VM) && ((Incoming.Signed) last.incoming()).isProvenBy(key);
    }
}
