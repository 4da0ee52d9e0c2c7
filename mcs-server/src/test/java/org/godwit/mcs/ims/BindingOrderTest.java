package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.mcs.ims.ImsScene.MOA_A;
import static org.godwit.mcs.ims.ImsScene.MOA_B;
import static org.godwit.mcs.ims.ImsScene.MOA_C;
import static org.godwit.mcs.ims.ImsScene.PEER;
import static org.godwit.mcs.ims.ImsScene.PEER_KEY;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.junit.jupiter.api.Test;

/** Every mapping that three MoAs and three epochs can reach, and every write from each of them: none goes backward. */
class BindingOrderTest {

    private static final List<MobileAddress> MOAS = List.of(MOA_A, MOA_B, MOA_C);
    private static final long EPOCHS = 3;

    private record Write(String what, Optional<MobileAddress> moa, Epoch epoch) {}

    private final ImsScene scene = new ImsScene();
    private long nonce;

    @Test
    void noWriteLeadsBackward() {
        Set<Mapping> seen = new HashSet<>();
        Deque<Mapping> open = new ArrayDeque<>(List.of(Mapping.none(PEER)));
        int refused = 0;
        while (!open.isEmpty()) {
            Mapping before = open.remove();
            if (!seen.add(before)) {
                continue;
            }
            for (Write write : writes()) {
                Optional<Mapping> after = after(before, write);
                refused += after.isEmpty() ? 1 : 0;
                after.ifPresent(mapping -> {
                    assertForward(before, write, mapping);
                    open.add(mapping);
                });
            }
        }
        // Nothing; one active or one staged; or two or three of them with an active one among them.
        assertThat(seen.size()).isEqualTo((int) EPOCHS * (1 + 3 + 3 + 6 + 6 + 6));
        assertThat(refused).isPositive();
    }

    private static void assertForward(Mapping before, Write write, Mapping after) {
        String story = before + " | " + write + " | " + after;
        assertThat(after.epoch().isOlderThan(before.epoch())).as(story).isFalse();
        assertThat(write.epoch().isOlderThan(before.epoch())).as(story).isFalse();
        if (write.what().equals("register")) {
            assertThat(after.epoch()).as(story).isEqualTo(before.epoch());
        }
        boolean fenced = !after.epoch().equals(Epoch.NONE);
        boolean oneEpoch = after.epoch().equals(before.epoch());
        for (AddressBinding now : after.bindings()) {
            BindingState then = before.binding(now.moa()).map(AddressBinding::state).orElse(null);
            if (fenced && then != null && !write.what().equals("reinstate")) {
                boolean back = now.state().compareTo(BindingState.STAGED) == 0 && then == BindingState.ACTIVE
                        || then == BindingState.RETIRED && now.state() == BindingState.ACTIVE
                        || oneEpoch && then == BindingState.RETIRED && now.state() == BindingState.STAGED
                        || oneEpoch && then == BindingState.STAGED && now.state() == BindingState.RETIRED;
                assertThat(back).as(story).isFalse();
            }
        }
    }

    private List<Write> writes() {
        List<Write> all = new ArrayList<>();
        for (long number = 0; number < EPOCHS; number++) {
            Epoch epoch = new Epoch(number);
            for (MobileAddress moa : MOAS) {
                for (String what : List.of("stage", "activate", "reinstate", "register")) {
                    all.add(new Write(what, Optional.of(moa), epoch));
                }
            }
            all.add(new Write("unstage", Optional.empty(), epoch));
        }
        return all;
    }

    /** Empty when it was refused; then nothing may have changed. */
    private Optional<Mapping> after(Mapping before, Write write) {
        scene.store.mappings.clear();
        scene.store.saveMapping(before);
        scene.restart();
        MappingServer server = scene.server;
        long refusals = server.counters().get(ImsCounter.REGISTER_REFUSED);
        try {
            switch (write.what()) {
                case "stage" -> server.stage(PEER, write.moa().orElseThrow(), write.epoch(), scene.now);
                case "activate" -> server.activate(PEER, write.moa().orElseThrow(), write.epoch(), scene.now);
                case "reinstate" -> server.reinstate(PEER, write.moa().orElseThrow(), write.epoch(), scene.now);
                case "unstage" -> server.unstage(PEER, write.epoch(), scene.now);
                case String _ -> register(write);
            }
        } catch (MappingRefusedException _) {
            refusals--;
        }
        Mapping now = server.lookup(PEER).orElse(
                scene.store.mappings.getOrDefault(PEER, Mapping.none(PEER)));
        if (server.counters().get(ImsCounter.REGISTER_REFUSED) != refusals) {
            assertThat(now).as(before + " | " + write).isEqualTo(before);
            return Optional.empty();
        }
        return Optional.of(now);
    }

    private void register(Write write) {
        Mapping wanted = Mapping.none(PEER).activate(write.moa().orElseThrow(), write.epoch());
        scene.receive(ImsScene.at(write.moa().orElseThrow()), LispEncoder.encode(
                new MapRegister(++nonce, Subscriptions.KEY_ID, false, new MapRecord.OfHome(5, wanted)), PEER_KEY));
    }
}
