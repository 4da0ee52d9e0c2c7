package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.godwit.mcs.ims.ImsScene.MOA_A;
import static org.godwit.mcs.ims.ImsScene.MOA_B;
import static org.godwit.mcs.ims.ImsScene.MOA_C;
import static org.godwit.mcs.ims.ImsScene.PEER;
import static org.godwit.mcs.ims.ImsScene.PEER_KEY;
import static org.godwit.mcs.ims.ImsScene.STRANGER;
import static org.godwit.mcs.ims.ImsScene.VM;
import static org.godwit.mcs.ims.ImsScene.VM_KEY;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Control server and mapping server, each with a disk of its own, and a channel between them that can be cut. */
class RemoteMappingsTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T09:00:00Z"));
    private static final MappingKey NEW_KEY = MappingKey.of("a new key for the virtual machine".getBytes());
    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);
    private static final HomeGateway GATEWAY = new HomeGateway(PEER, SitePrefix.of("2001:db8:9::/64"),
            SitePrefix.of("2001:db8:face::/64"));

    private final MemoryMappingStore here = new MemoryMappingStore();
    private MemoryMappingStore there = new MemoryMappingStore();
    private final Channel channel = new Channel();
    private ImsServer ims;
    private RemoteMappings mappings;

    @BeforeEach
    void start() {
        startIms();
        startMcs();
        mappings.enrol(VM, VM_KEY);
        mappings.enrol(PEER, PEER_KEY);
        mappings.activate(VM, MOA_A, FIRST);
    }

    @AfterEach
    void stop() {
        mappings.close();
        ims.close();
    }

    private void startMcs() {
        mappings = new RemoteMappings(channel, here, List.of(GATEWAY), Duration.ofHours(24), CLOCK);
        mappings.follow();
    }

    private void startIms() {
        ims = ImsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), there, ImsPolicy.DEFAULT,
                new Clocks(CLOCK, System::nanoTime));
    }

    private void restartIms() {
        ims.close();
        startIms();
    }

    private void meetAgain() {
        channel.cut = false;
        mappings.follow();
    }

    @Test
    void togetherTheyAreAsOne() throws Exception {
        assertThat(mappings.stage(VM, MOA_B, SECOND).get(30, TimeUnit.SECONDS).complete()).isTrue();
        assertThat(ims.lookup(VM)).isEqualTo(mappings.lookup(VM)).get().extracting(Mapping::staged)
                .isEqualTo(Optional.of(MOA_B));
        assertThat(mappings.lookup(MOA_B)).isEqualTo(ims.lookup(MOA_B));
        assertThatThrownBy(() -> mappings.activate(VM, MOA_A, FIRST)).isInstanceOf(MappingRefusedException.class)
                .hasMessageContaining("older than epoch 2");
        assertThat(there.gateways).containsExactly(GATEWAY);
    }

    @Test
    void whatIsKnownCanBeLookedUpWhileTheMappingServerTakesItsTime() throws Exception {
        channel.slow = new CountDownLatch(1);
        Thread follower = Thread.startVirtualThread(mappings::follow);
        assertThat(channel.asked.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(CompletableFuture.supplyAsync(() -> mappings.lookup(VM)).get(20, TimeUnit.SECONDS)).isPresent();
        assertThat(CompletableFuture.supplyAsync(() -> mappings.lookup(MOA_A)).get(20, TimeUnit.SECONDS)).isPresent();
        channel.slow.countDown();
        follower.join();
    }

    @Test
    void whileTheyAreApartNothingIsStaged() {
        channel.cut = true;

        assertThatThrownBy(() -> mappings.stage(VM, MOA_B, SECOND)).isInstanceOf(MappingRefusedException.class)
                .hasMessageContaining("the mapping server cannot be reached");
        assertThat(mappings.lookup(VM)).contains(Mapping.none(VM).activate(MOA_A, FIRST));
    }

    @Test
    void aMigrationThatLandsWhileTheyAreApartIsMadeUpFor() {
        mappings.stage(VM, MOA_B, SECOND);
        channel.cut = true;
        mappings.activate(VM, MOA_B, SECOND);
        assertThat(mappings.lookup(VM).orElseThrow().active()).contains(MOA_B);
        assertThat(ims.lookup(VM).orElseThrow().active()).contains(MOA_A);

        restartMcs();
        meetAgain();

        assertThat(ims.lookup(VM)).isEqualTo(mappings.lookup(VM)).get()
                .satisfies(it -> assertThat(it.active()).contains(MOA_B))
                .satisfies(it -> assertThat(it.retired()).contains(MOA_A));
        assertThat(here.owed).isEmpty();
    }

    @Test
    void aMigrationThatIsUndoneWhileTheyAreApartIsMadeUpFor() {
        mappings.stage(VM, MOA_B, SECOND);
        mappings.activate(VM, MOA_B, SECOND);
        channel.cut = true;
        mappings.reinstate(VM, MOA_A, SECOND);
        restartIms();
        meetAgain();

        assertThat(ims.lookup(VM).orElseThrow().active()).contains(MOA_A);
        assertThat(ims.lookup(VM).orElseThrow().retired()).isEmpty();
    }

    @Test
    void aWriteWhoseAnswerIsLostIsMadeUpFor() {
        mappings.stage(VM, MOA_B, SECOND);
        channel.cutAfterNext = true;
        mappings.activate(VM, MOA_B, SECOND);
        assertThat(ims.lookup(VM).orElseThrow().active()).contains(MOA_B);
        meetAgain();

        assertThat(ims.lookup(VM)).isEqualTo(mappings.lookup(VM));
        assertThat(here.owed).isEmpty();
    }

    @Test
    void theMappingServerIsRightAboutBindings() {
        channel.cut = true;
        mappings.activate(PEER, MOA_B, Epoch.NONE);
        ims.activate(PEER, MOA_C, Epoch.NONE);
        meetAgain();

        assertThat(ims.lookup(PEER).orElseThrow().active()).contains(MOA_C);
        assertThat(mappings.lookup(PEER)).isEqualTo(ims.lookup(PEER));
    }

    @Test
    void butAnOlderEpochIsNeverTakenOverFromIt() {
        channel.cut = true;
        mappings.activate(VM, MOA_B, SECOND);
        here.owed.clear();
        restartMcs();
        meetAgain();

        assertThat(ims.lookup(VM).orElseThrow().active()).contains(MOA_B);
    }

    @Test
    void whatPeersRegisterIsHeardOf() {
        ims.activate(PEER, MOA_C, Epoch.NONE);
        mappings.follow();

        assertThat(mappings.lookup(PEER).orElseThrow().active()).contains(MOA_C);
        assertThat(channel.listings).as("all was read once only").isEqualTo(1);
    }

    @Test
    void keysAreChangedWhileTheyAreApart() {
        channel.cut = true;
        mappings.rotate(VM, NEW_KEY);
        mappings.revoke(PEER);
        restartIms();
        assertThat(there.enrolments.get(PEER).key()).contains(PEER_KEY);
        meetAgain();

        assertThat(there.enrolments.get(VM).successor()).map(Enrolment.Successor::key).contains(NEW_KEY);
        assertThat(there.enrolments.get(PEER).key()).isEmpty();
        mappings.settle(VM);
        assertThat(there.enrolments.get(VM).key()).contains(NEW_KEY);
    }

    @Test
    void aKeyThatItsOwnerHasUsedIsSettledOnBothSides() {
        mappings.rotate(VM, NEW_KEY);
        // As when a message proven by the new key comes: the mapping server settles by itself.
        there.enrolments.computeIfPresent(VM, (_, known) -> known.settled());
        restartIms();
        mappings.follow();

        assertThat(here.enrolments.get(VM).key()).contains(NEW_KEY);
        assertThat(here.enrolments.get(VM).successor()).isEmpty();
        assertThat(there.enrolments.get(VM)).isEqualTo(here.enrolments.get(VM));
    }

    @Test
    void whoComesAndGoesWhileTheyAreApartComesAndGoes() {
        channel.cut = true;
        mappings.forget(PEER);
        mappings.enrol(STRANGER, PEER_KEY);
        mappings.activate(STRANGER, MOA_C, Epoch.NONE);
        meetAgain();

        assertThat(there.enrolments).containsOnlyKeys(VM, STRANGER);
        assertThat(ims.lookup(STRANGER).orElseThrow().active()).contains(MOA_C);
        assertThat(ims.lookup(PEER)).isEmpty();
    }

    @Test
    void aHomeAddressThatIsGivenToAnotherBeginsAnew() {
        channel.cut = true;
        mappings.activate(VM, MOA_B, new Epoch(7));
        meetAgain();
        channel.cut = true;
        mappings.forget(VM);
        mappings.enrol(VM, NEW_KEY);
        mappings.activate(VM, MOA_C, FIRST);
        meetAgain();

        assertThat(ims.lookup(VM)).contains(Mapping.none(VM).activate(MOA_C, FIRST));
        assertThat(there.enrolments.get(VM).key()).contains(NEW_KEY);
    }

    @Test
    void aMappingServerThatHasLostItsDiskIsToldAll() {
        there.saveRegistration(PEER, 17, Optional.empty());
        restartIms();
        mappings.follow();
        there = new MemoryMappingStore();
        restartIms();
        mappings.follow();

        assertThat(ims.lookup(VM)).contains(Mapping.none(VM).activate(MOA_A, FIRST));
        assertThat(there.enrolments).isEqualTo(here.enrolments);
        assertThat(there.enrolments.get(PEER).registerNonce()).as("nothing old is played again").isEqualTo(17);
        assertThat(there.gateways).containsExactly(GATEWAY);
    }

    @Test
    void thousandsAreToldInPages() {
        channel.cut = true;
        for (int i = 0; i < 2 * ImsAdmin.PAGE_ROWS; i++) {
            mappings.enrol(HomeAddress.of("2001:db8:face::1:" + Integer.toHexString(i)), VM_KEY);
        }
        meetAgain();
        assertThat(there.enrolments).isEqualTo(here.enrolments);
        restartIms();
        here.enrolments.keySet().stream().limit(ImsAdmin.PAGE_ROWS + 1).toList().forEach(mappings::forget);
        mappings.follow();
        assertThat(there.enrolments).isEqualTo(here.enrolments);
    }

    private void restartMcs() {
        mappings.close();
        startMcs();
    }

    /** The mapping server of now, or nobody. */
    private final class Channel implements ImsAdmin {

        private boolean cut;
        private boolean cutAfterNext;
        private int listings;
        private CountDownLatch slow = new CountDownLatch(0);
        private final CountDownLatch asked = new CountDownLatch(1);

        private ImsServer server() {
            if (cut) {
                throw new ImsUnreachableException("cut", null);
            }
            return ims;
        }

        private <T> T after(T answer) {
            if (cutAfterNext) {
                cutAfterNext = false;
                cut = true;
                return server() == null ? null : answer;
            }
            return answer;
        }

        @Override
        public Rows list(int from) {
            listings += from == 0 ? 1 : 0;
            return server().list(from);
        }

        @Override
        public Optional<Rows> changes(long boot, long since) {
            if (slow.getCount() > 0) {
                asked.countDown();
                awaitQuietly(slow);
            }
            return server().changes(boot, since);
        }

        private static void awaitQuietly(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void adopt(Collection<Enrolment> enrolments) {
            server().adopt(enrolments);
        }

        @Override
        public CompletableFuture<Published> forget(HomeAddress hoa) {
            return server().forget(hoa);
        }

        @Override
        public Written write(Write write) {
            return after(server().write(write));
        }

        @Override
        public List<Mapping> restore(Collection<Restoration> restorations) {
            return server().restore(restorations);
        }

        @Override
        public void replaceGateways(Collection<HomeGateway> gateways) {
            server().replaceGateways(gateways);
        }
    }
}
