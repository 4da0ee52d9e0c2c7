package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.godwit.mcs.ims.ImsScene.MOA_A;
import static org.godwit.mcs.ims.ImsScene.MOA_B;
import static org.godwit.mcs.ims.ImsScene.MOA_C;
import static org.godwit.mcs.ims.ImsScene.PEER;
import static org.godwit.mcs.ims.ImsScene.STRANGER;
import static org.godwit.mcs.ims.ImsScene.VM;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.junit.jupiter.api.Test;

class MappingWritesTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);

    private final ImsScene scene = new ImsScene();
    private final MappingServer server = scene.server;

    @Test
    void aFlightThereAndBackChangesTheRolesOfTheAddresses() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        assertThat(mapping()).isEqualTo("hoa=2001:db8:face::1 active=2001:db8:a::100 staged=- retired=- epoch=1");
        server.stage(VM, MOA_B, SECOND, scene.now);
        assertThat(mapping())
                .isEqualTo("hoa=2001:db8:face::1 active=2001:db8:a::100 staged=2001:db8:b::100 retired=- epoch=2");
        server.activate(VM, MOA_B, SECOND, scene.now);
        assertThat(mapping())
                .isEqualTo("hoa=2001:db8:face::1 active=2001:db8:b::100 staged=- retired=2001:db8:a::100 epoch=2");
        server.stage(VM, MOA_A, new Epoch(3), scene.now);
        assertThat(mapping())
                .isEqualTo("hoa=2001:db8:face::1 active=2001:db8:b::100 staged=2001:db8:a::100 retired=- epoch=3");
        server.activate(VM, MOA_A, new Epoch(3), scene.now);
        assertThat(mapping())
                .isEqualTo("hoa=2001:db8:face::1 active=2001:db8:a::100 staged=- retired=2001:db8:b::100 epoch=3");
    }

    @Test
    void whatIsUnstagedIsNotKnownAnyMore() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        server.stage(VM, MOA_B, SECOND, scene.now);
        server.unstage(VM, SECOND, scene.now);

        assertThat(mapping()).isEqualTo("hoa=2001:db8:face::1 active=2001:db8:a::100 staged=- retired=- epoch=2");
        assertThat(server.lookup(MOA_B)).isEmpty();
    }

    @Test
    void aRepeatedWriteChangesNothing() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        server.activate(VM, MOA_B, SECOND, scene.now);
        String before = mapping();

        server.activate(VM, MOA_B, SECOND, scene.now);

        assertThat(mapping()).isEqualTo(before);
    }

    @Test
    void anOlderEpochIsRefused() {
        server.activate(VM, MOA_A, SECOND, scene.now);

        refused(() -> server.activate(VM, MOA_B, FIRST, scene.now), new MappingRefusal.StaleEpoch(VM, FIRST, SECOND),
                "epoch 1 is older than epoch 2 of 2001:db8:face::1: another migration owns its mapping");
        refused(() -> server.unstage(VM, FIRST, scene.now), new MappingRefusal.StaleEpoch(VM, FIRST, SECOND), null);
        assertThat(server.lookup(MOA_A)).isPresent();
    }

    @Test
    void anOlderEpochIsRefusedAfterARestartToo() {
        server.activate(VM, MOA_A, SECOND, scene.now);
        scene.restart();

        refused(() -> scene.server.activate(VM, MOA_B, FIRST, scene.now),
                new MappingRefusal.StaleEpoch(VM, FIRST, SECOND), null);
        assertThat(scene.server.lookup(MOA_A)).isPresent();
    }

    @Test
    void whoIsNotEnrolledIsRefused() {
        refused(() -> server.activate(STRANGER, MOA_A, FIRST, scene.now), new MappingRefusal.NotEnrolled(STRANGER),
                "2001:db8:face::99 is not enrolled at the mapping server: enrol it with its key first");
    }

    @Test
    void oneAddressServesOneHome() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        server.stage(VM, MOA_B, FIRST, scene.now);

        refused(() -> server.activate(PEER, MOA_A, FIRST, scene.now), new MappingRefusal.MoaTaken(MOA_A, VM), null);
        refused(() -> server.stage(PEER, MOA_B, FIRST, scene.now), new MappingRefusal.MoaTaken(MOA_B, VM),
                "MoA 2001:db8:b::100 belongs to 2001:db8:face::1: one MoA serves one HoA");
        assertThat(server.lookup(PEER)).isEmpty();
    }

    @Test
    void aRetiredAddressMayBeTakenOver() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        server.activate(VM, MOA_B, SECOND, scene.now);
        server.activate(PEER, MOA_A, FIRST, scene.now);

        assertThat(server.lookup(MOA_A)).get().extracting(binding -> binding.hoa()).isEqualTo(PEER);
    }

    @Test
    void theActiveAddressCannotBeStaged() {
        server.activate(VM, MOA_A, FIRST, scene.now);

        refused(() -> server.stage(VM, MOA_A, SECOND, scene.now), new MappingRefusal.AlreadyActive(VM, MOA_A),
                "MoA 2001:db8:a::100 is active for 2001:db8:face::1 and cannot be staged");
    }

    @Test
    void aWriteThatComesTwiceDoesNotUndoWhatCameAfterIt() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        server.stage(VM, MOA_B, SECOND, scene.now);
        server.activate(VM, MOA_B, SECOND, scene.now);

        refused(() -> server.stage(VM, MOA_A, SECOND, scene.now),
                new MappingRefusal.WrongOrder(server.lookup(MOA_A).orElseThrow(), BindingState.STAGED),
                "MoA 2001:db8:a::100 of 2001:db8:face::1 is RETIRED in epoch 2 and cannot become STAGED:"
                        + " the write came late or twice");
        refused(() -> server.activate(VM, MOA_A, SECOND, scene.now),
                new MappingRefusal.WrongOrder(server.lookup(MOA_A).orElseThrow(), BindingState.ACTIVE), null);
    }

    @Test
    void aMachineThatNeverArrivedIsReinstated() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        server.stage(VM, MOA_B, SECOND, scene.now);
        server.activate(VM, MOA_B, SECOND, scene.now);
        server.reinstate(VM, MOA_A, SECOND, scene.now);

        assertThat(mapping()).isEqualTo("hoa=2001:db8:face::1 active=2001:db8:a::100 staged=- retired=- epoch=2");
        refused(() -> server.reinstate(VM, MOA_B, FIRST, scene.now), new MappingRefusal.StaleEpoch(VM, FIRST, SECOND),
                null);
    }

    @Test
    void everyAddressLeadsBackToItsHome() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        server.activate(VM, MOA_B, SECOND, scene.now);
        server.stage(VM, MOA_C, SECOND, scene.now);

        assertThat(server.lookup(MOA_A)).get().extracting(binding -> binding.state()).isEqualTo(BindingState.RETIRED);
        assertThat(server.lookup(MOA_B)).get().extracting(binding -> binding.state()).isEqualTo(BindingState.ACTIVE);
        assertThat(server.lookup(MOA_C)).get().extracting(binding -> binding.state()).isEqualTo(BindingState.STAGED);
    }

    @Test
    void whatIsForgottenIsGone() {
        server.activate(VM, MOA_A, FIRST, scene.now);
        server.forget(VM, scene.now);

        assertThat(server.lookup(VM)).isEmpty();
        assertThat(server.lookup(MOA_A)).isEmpty();
        assertThat(scene.store.mappings).isEmpty();
        assertThat(scene.store.enrolments).containsOnlyKeys(PEER);
    }

    private String mapping() {
        return server.lookup(VM).orElseThrow().toString();
    }

    private static void refused(ThrowingCallable write, MappingRefusal why, String sentence) {
        assertThatThrownBy(write).asInstanceOf(InstanceOfAssertFactories.type(MappingRefusedException.class))
                .satisfies(e -> assertThat(e.refusal()).isEqualTo(why))
                .satisfies(e -> assertThat(e).hasMessage(sentence == null ? why.sentence() : sentence));
    }
}
