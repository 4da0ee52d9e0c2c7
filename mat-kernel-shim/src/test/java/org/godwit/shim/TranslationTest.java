package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.shim.Fixtures.HOA;
import static org.godwit.shim.Fixtures.MOA;
import static org.godwit.shim.Fixtures.MOA_STAGED;
import static org.godwit.shim.Fixtures.NOBODYS;
import static org.godwit.shim.Fixtures.NOBODYS_BEFORE;
import static org.godwit.shim.Fixtures.PEER;
import static org.godwit.shim.Fixtures.PEER_MOA;
import static org.godwit.shim.Fixtures.PEER_RETIRED;
import static org.godwit.shim.Fixtures.PEER_STAGED;
import static org.godwit.shim.Fixtures.PLAIN;
import static org.godwit.shim.Fixtures.STRANGER;
import static org.godwit.shim.Fixtures.UNBOUND;
import static org.godwit.shim.Packets.advertisement;
import static org.godwit.shim.Packets.frame;
import static org.godwit.shim.Packets.ip;
import static org.godwit.shim.Packets.labelled;
import static org.godwit.shim.Packets.tcp;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.shim.TestRun.Outcome;
import org.godwit.shim.TestRun.Verdict;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single packets through the programs, as the kernel verified and compiled them. */
@Tag("kernel")
class TranslationTest {

    private static Namespace namespace;
    private static int matif;

    private KernelDataPlane plane;

    @BeforeAll
    static void makeNamespace() {
        Tier.KERNEL.needs(Needs.lackForKernel());
        namespace = new Namespace("kernel");
        namespace.ip("link add nic0 type veth peer name far0", "link add nic1 type veth peer name far1",
                "link set nic0 up", "link set nic1 up", "link set far0 up", "link set far1 up");
    }

    @AfterAll
    static void removeNamespace() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @BeforeEach
    void install() {
        plane = namespace.call(() -> {
            KernelDataPlane installed = KernelDataPlane.install(HomeAddress.of(HOA), "2001:db8:face::/64",
                    Optional.empty());
            matif = Libc.interfaceIndex(HomeInterface.NAME);
            installed.own(Slot.FIRST, MobileAddress.of(MOA), Libc.interfaceIndex("nic0"));
            installed.own(Slot.SECOND, MobileAddress.of(MOA_STAGED), Libc.interfaceIndex("nic1"));
            return installed;
        });
        plane.putPeer(HomeAddress.of(PEER), MobileAddress.of(PEER_MOA), Optional.of(MobileAddress.of(PEER_STAGED)),
                Optional.of(MobileAddress.of(PEER_RETIRED)));
        plane.exempt(MobileAddress.of(PLAIN));
        plane.passPlain(MobileAddress.of(NOBODYS), Duration.ofHours(1));
        plane.passPlain(MobileAddress.of(NOBODYS_BEFORE), Duration.ZERO);
    }

    @AfterEach
    void uninstall() {
        namespace.call(() -> {
            plane.uninstall();
            return null;
        });
    }

    static Stream<Fixture> fixtures() {
        return Fixtures.all();
    }

    static Stream<Fixture> fixturesThatArrive() {
        return Fixtures.all().filter(fixture -> fixture.program().equals(Abi.PROGRAM_INGRESS))
                .filter(fixture -> fixture.verdict() == Verdict.PASS);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whatBecomesOfAPacket(Fixture fixture) {
        check(fixture);
    }

    /** The programs remember the way of a packet for those after it. It must make no difference. */
    @Test
    void whatBecomesOfAPacketAfterOthers() {
        Fixtures.all().filter(fixture -> !fixture.counts().containsKey(Counter.PEER_FLIP)).forEach(fixture -> {
            for (int i = 0; i < 3; i++) {
                send(PEER_MOA, MOA);
                run(Abi.PROGRAM_EGRESS, frame(ip(HOA, PEER, tcp())), 0);
            }
            check(fixture);
        });
    }

    private void check(Fixture fixture) {
        Map<Counter, Long> before = plane.counters();

        Outcome outcome = run(fixture.program(), fixture.in(), 0);

        assertThat(outcome.verdict()).as(fixture.name()).isEqualTo(fixture.verdict());
        fixture.out().ifPresent(out -> assertThat(hex(outcome.frame())).as(fixture.name()).isEqualTo(hex(out)));
        assertThat(risen(before)).as(fixture.name()).isEqualTo(fixture.counts());
    }

    @ParameterizedTest
    @MethodSource("fixturesThatArrive")
    void aSumThatTheNicTookStaysRight(Fixture fixture) {
        boolean possible = namespace.call(() -> TestRun
                .canPretendChecksumComplete(plane.programFd(Abi.PROGRAM_NIC_EGRESS),
                        frame(ip(STRANGER, PLAIN, tcp()))));
        assumeTrue(possible, "this kernel cannot pretend that a NIC summed a packet: Linux 6.18 can");

        Outcome outcome = run(fixture.program(), fixture.in(), TestRun.CHECKSUM_COMPLETE);

        assertThat(hex(outcome.frame())).isEqualTo(hex(fixture.out().orElseThrow()));
    }

    @Test
    void matifHasNoAddressFromWhichItWouldSpeakByItself() {
        String addresses = namespace.call(() -> IpCommand.run(List.of("addr show dev " + HomeInterface.NAME)));

        assertThat(addresses).contains(HOA).doesNotContain("fe80::");
    }

    @Test
    void aPeerIsFollowedToItsStagedMoaOnceAndNeverBack() {
        send(PEER_STAGED, MOA);
        send(PEER_MOA, MOA);
        send(PEER_STAGED, MOA);

        assertThat(events()).containsExactly(
                new ShimEvent.PeerFlipped(HomeAddress.of(PEER), MobileAddress.of(PEER_STAGED)),
                new ShimEvent.UnknownSource(MobileAddress.of(PEER_MOA)));
        assertThat(hex(run(Abi.PROGRAM_EGRESS, frame(ip(HOA, PEER, tcp())), 0).frame()))
                .isEqualTo(hex(frame(ip(MOA, PEER_STAGED, tcp()))));
        assertThat(plane.counters()).containsEntry(Counter.LATE_IN, 1L).containsEntry(Counter.TRANSLATED_IN, 3L);
    }

    @Test
    void aRetiredMoaIsNotFollowedButAskedFor() {
        send(PEER_RETIRED, MOA);

        assertThat(events()).containsExactly(new ShimEvent.UnknownSource(MobileAddress.of(PEER_RETIRED)));
        assertThat(hex(run(Abi.PROGRAM_EGRESS, frame(ip(HOA, PEER, tcp())), 0).frame()))
                .isEqualTo(hex(frame(ip(MOA, PEER_MOA, tcp()))));
    }

    @Test
    void aMoaThatAPeerGaveUpIsUnknown() {
        send(PEER_MOA, MOA);
        plane.putPeer(HomeAddress.of(PEER), MobileAddress.of(PEER_STAGED), Optional.empty(), Optional.empty());

        assertThat(run(Abi.PROGRAM_INGRESS, frame(ip(PEER_MOA, MOA, tcp())), 0).verdict()).isEqualTo(Verdict.DROP);
        assertThat(run(Abi.PROGRAM_INGRESS, frame(ip(PEER_RETIRED, MOA, tcp())), 0).verdict())
                .isEqualTo(Verdict.DROP);
        assertThat(run(Abi.PROGRAM_INGRESS, frame(ip(PEER_STAGED, MOA, tcp())), 0).verdict())
                .isEqualTo(Verdict.PASS);
    }

    @Test
    void afterOthersAPeerThatIsExemptedArrivesUntouched() {
        send(PEER_MOA, MOA);
        plane.exempt(MobileAddress.of(PEER_MOA));

        assertThat(hex(run(Abi.PROGRAM_INGRESS, frame(ip(PEER_MOA, MOA, tcp())), 0).frame()))
                .isEqualTo(hex(frame(ip(PEER_MOA, MOA, tcp()))));
    }

    @Test
    void afterOthersAStampIsStillTakenNoteOf() {
        send(PEER_MOA, MOA);
        send(PEER_MOA, MOA);

        byte[] stamped = labelled(Packets.STAMPED | 1, ip(PEER_MOA, MOA, tcp()));
        assertThat(hex(run(Abi.PROGRAM_INGRESS, frame(stamped), 0).frame()))
                .isEqualTo(hex(frame(labelled(0, ip(PEER, HOA, tcp())))));
        assertThat(plane.counters()).containsEntry(Counter.STAMPED_IN, 1L);
    }

    @Test
    void aPeerThatIsRemovedIsUnknown() {
        send(PEER_MOA, MOA);
        plane.removePeer(HomeAddress.of(PEER));
        plane.removePeer(HomeAddress.of(PEER));

        assertThat(run(Abi.PROGRAM_INGRESS, frame(ip(PEER_MOA, MOA, tcp())), 0).verdict()).isEqualTo(Verdict.DROP);
        assertThat(run(Abi.PROGRAM_EGRESS, frame(ip(HOA, PEER, tcp())), 0).verdict()).isEqualTo(Verdict.DROP);
    }

    @Test
    void fewOfManyPacketsAreReportedAndHeld() {
        int packets = 40;
        long begin = System.nanoTime();
        for (int i = 0; i < packets; i++) {
            run(Abi.PROGRAM_EGRESS, frame(ip(HOA, UNBOUND, tcp())), 0);
            run(Abi.PROGRAM_INGRESS, frame(ip(STRANGER, MOA, tcp())), 0);
        }
        // Limits hold for 100 ms.
        int windows = (int) ((System.nanoTime() - begin) / 100_000_000) + 1;

        assertThat(events()).startsWith(new ShimEvent.MissOut(HomeAddress.of(UNBOUND)),
                new ShimEvent.UnknownSource(MobileAddress.of(STRANGER))).hasSizeLessThanOrEqualTo(2 * windows);
        Map<Counter, Long> counters = plane.counters();
        assertThat(counters.get(Counter.HELD_OUT)).isBetween(8L, 8L * windows);
        assertThat(counters.get(Counter.HELD_IN)).isBetween(8L, 8L * windows);
        assertThat(counters.get(Counter.HELD_OUT) + counters.get(Counter.DROP_MISS_OUT)).isEqualTo(packets);
        assertThat(counters.get(Counter.HELD_IN) + counters.get(Counter.DROP_UNKNOWN_SOURCE)).isEqualTo(packets);
    }

    @Test
    void aFloodFromManyAddressesCostsLittleAndNotWhatWeSend() {
        int packets = 200;
        long begin = System.nanoTime();
        for (int i = 0; i < packets; i++) {
            run(Abi.PROGRAM_INGRESS, frame(ip("2001:db8:bad::" + Integer.toHexString(i + 1), MOA, tcp())), 0);
        }
        int windows = (int) ((System.nanoTime() - begin) / 100_000_000) + 1;
        // As an agent does all the while: on a slow machine the flood takes several windows and fills the ring.
        plane.nextEvent(Duration.ZERO);
        run(Abi.PROGRAM_EGRESS, frame(ip(HOA, UNBOUND, tcp())), 0);

        Map<Counter, Long> counters = plane.counters();
        assertThat(counters.get(Counter.HELD_IN)).isBetween(64L, 64L * windows);
        assertThat(counters.get(Counter.HELD_IN) + counters.get(Counter.DROP_UNKNOWN_SOURCE)).isEqualTo(packets);
        assertThat(counters).containsEntry(Counter.HELD_OUT, 1L);
    }

    @Test
    void aPacketTooLargeToHoldIsDroppedAndAskedFor() {
        run(Abi.PROGRAM_EGRESS, frame(ip(HOA, UNBOUND, Packets.raw(132, new byte[2100]))), 0);

        assertThat(events()).containsExactly(new ShimEvent.MissOut(HomeAddress.of(UNBOUND)));
        assertThat(plane.counters()).containsEntry(Counter.DROP_MISS_OUT, 1L).containsEntry(Counter.HELD_OUT, 0L);
    }

    @Test
    void aSourceThatCanBeNobodysMoaIsDroppedWithoutWord() {
        run(Abi.PROGRAM_INGRESS, frame(ip("fe80::bad", MOA, tcp())), 0);
        run(Abi.PROGRAM_INGRESS, frame(ip(STRANGER, MOA, tcp())), 0);

        assertThat(events()).containsExactly(new ShimEvent.UnknownSource(MobileAddress.of(STRANGER)));
    }

    @Test
    void whileArmedACopyGoesThroughTheStagedSlot() {
        plane.arm(Slot.SECOND);

        Outcome outcome = run(Abi.PROGRAM_EGRESS, frame(ip(HOA, PEER, tcp())), 0);

        assertThat(hex(outcome.frame())).isEqualTo(hex(frame(ip(MOA, PEER_MOA, tcp()))));
        assertThat(plane.counters()).containsEntry(Counter.BICAST, 1L).containsEntry(Counter.TRANSLATED_OUT, 2L);
        assertThat(plane.armed()).isTrue();
        assertThat(plane.active()).isEqualTo(Slot.FIRST);
    }

    @Test
    void dataForTheStagedMoaFlipsTheOutputWhenArmed() {
        plane.arm(Slot.SECOND);
        send(PEER_MOA, MOA);
        assertThat(plane.armed()).isTrue();

        send(PEER_MOA, MOA_STAGED);

        assertThat(plane.armed()).isFalse();
        assertThat(plane.active()).isEqualTo(Slot.SECOND);
        assertThat(events()).containsExactly(new ShimEvent.Flipped(Slot.SECOND, FlipTrigger.RECEIVED));
    }

    @Test
    void whatIsNotFromAPeerIsNoSignOfLanding() {
        plane.arm(Slot.SECOND);

        send(STRANGER, MOA_STAGED);
        send(PLAIN, MOA_STAGED);
        run(Abi.PROGRAM_INGRESS, frame(ip("fe80::a1", MOA_STAGED, advertisement(true))), 0);
        run(Abi.PROGRAM_NIC_EGRESS, frame(ip(MOA, "2001:db8:a::1", advertisement(true))), 0);

        assertThat(plane.armed()).isTrue();
    }

    @Test
    void anAnnouncementFlipsTheOutputOnceAndDataProvesIt() {
        announce();
        assertThat(plane.active()).as("not armed").isEqualTo(Slot.FIRST);

        plane.arm(Slot.SECOND);
        announce();
        announce();
        assertThat(plane.active()).isEqualTo(Slot.SECOND);
        assertThat(plane.armed()).as("not proven").isTrue();
        run(Abi.PROGRAM_EGRESS, frame(ip(HOA, PEER, tcp())), 0);
        assertThat(plane.counters()).containsEntry(Counter.BICAST, 1L);

        send(PEER_MOA, MOA_STAGED);
        assertThat(plane.armed()).isFalse();
        assertThat(plane.active()).isEqualTo(Slot.SECOND);
        announce();
        assertThat(events()).containsExactly(new ShimEvent.Flipped(Slot.SECOND, FlipTrigger.ANNOUNCED));
        assertThat(plane.counters()).containsEntry(Counter.FLIP, 1L).containsEntry(Counter.FALSE_ALARM, 0L);
    }

    @Test
    void anAnnouncementWithoutALandingIsTakenBackByDataForTheOldMoa() {
        plane.arm(Slot.SECOND);
        announce();
        send(PEER_MOA, MOA);

        assertThat(plane.active()).isEqualTo(Slot.FIRST);
        assertThat(plane.armed()).isTrue();
        send(PEER_MOA, MOA_STAGED);
        assertThat(plane.active()).as("the landing itself").isEqualTo(Slot.SECOND);
        assertThat(plane.armed()).isFalse();
        assertThat(events()).containsExactly(new ShimEvent.Flipped(Slot.SECOND, FlipTrigger.ANNOUNCED),
                new ShimEvent.Flipped(Slot.FIRST, FlipTrigger.RECEIVED),
                new ShimEvent.Flipped(Slot.SECOND, FlipTrigger.RECEIVED));
        assertThat(plane.counters()).containsEntry(Counter.FLIP, 2L).containsEntry(Counter.FALSE_ALARM, 1L);
    }

    @Test
    void anAnnouncementWithoutALandingIsTakenBackByArmingOnceMore() {
        plane.arm(Slot.SECOND);
        announce();
        plane.arm(Slot.SECOND);

        assertThat(plane.active()).isEqualTo(Slot.FIRST);
        assertThat(plane.armed()).isTrue();
    }

    @Test
    void disarmingAfterAnAnnouncementLeavesNothingUnproven() {
        plane.arm(Slot.SECOND);
        announce();
        plane.disarm();
        plane.flip(Slot.FIRST);
        send(PEER_MOA, MOA_STAGED);
        announce();

        assertThat(plane.active()).isEqualTo(Slot.FIRST);
        assertThat(plane.armed()).isFalse();
    }

    @Test
    void afterAFlipThePacketsLeaveWithTheOtherMoa() {
        plane.flip(Slot.SECOND);

        assertThat(hex(run(Abi.PROGRAM_EGRESS, frame(ip(HOA, PEER, tcp())), 0).frame()))
                .isEqualTo(hex(frame(ip(MOA_STAGED, PEER_MOA, tcp()))));
        assertThat(events()).containsExactly(new ShimEvent.Flipped(Slot.SECOND, FlipTrigger.COMMANDED));
    }

    @Test
    void aSlotWithoutMoaSendsAndAcceptsNothing() {
        send(PEER_MOA, MOA);
        plane.flip(Slot.SECOND);
        plane.disown(Slot.FIRST);
        plane.disown(Slot.FIRST);

        assertThat(run(Abi.PROGRAM_INGRESS, frame(ip(PEER_MOA, MOA, tcp())), 0).frame())
                .as("not ours any more, hence untouched").isEqualTo(frame(ip(PEER_MOA, MOA, tcp())));
    }

    private void announce() {
        run(Abi.PROGRAM_NIC_EGRESS, frame(ip(MOA, "ff02::1", advertisement(false))), 0);
    }

    private void send(String from, String to) {
        run(Abi.PROGRAM_INGRESS, frame(ip(from, to, tcp())), 0);
    }

    private Outcome run(String program, byte[] frame, int flags) {
        return namespace.call(() -> TestRun.run(plane.programFd(program), frame, matif, flags));
    }

    private List<ShimEvent> events() {
        List<ShimEvent> events = new ArrayList<>();
        plane.nextEvent(Duration.ZERO).ifPresent(events::add);
        for (Optional<ShimEvent.OfNode> more = plane.nextEvent(Duration.ZERO); more
                .isPresent(); more = plane.nextEvent(Duration.ZERO)) {
            events.add(more.get());
        }
        return events;
    }

    private Map<Counter, Long> risen(Map<Counter, Long> before) {
        Map<Counter, Long> risen = new EnumMap<>(Counter.class);
        plane.counters().forEach((counter, now) -> {
            if (now > before.get(counter)) {
                risen.put(counter, now - before.get(counter));
            }
        });
        return risen;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
