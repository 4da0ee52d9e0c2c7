package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.guest.FakeInterfaces.ETH0;
import static org.godwit.guest.FakeInterfaces.ETH1;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.guest.FlipTrigger;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestReply.Done;
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Refused;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest;
import org.godwit.protocol.guest.GuestRequest.Arm;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.protocol.guest.GuestRequest.Status;
import org.godwit.protocol.guest.GuestRequest.Unstage;
import org.godwit.protocol.guest.ImsKey;
import org.godwit.protocol.guest.RefusalCode;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.shim.DataPlane;
import org.godwit.shim.ShimEvent.MissOut;
import org.godwit.shim.ShimEvent.UnknownSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestAgentTest {

    private static final HomeAddress HOA = HomeAddress.of("2001:db8:face::1");
    private static final HomeAddress PEER = HomeAddress.of("2001:db8:face::c");
    private static final MobileAddress PEER_MOA = MobileAddress.of("2001:db8:c::c");
    private static final Gateway A = gateway("a");
    private static final Gateway B = gateway("b");
    private static final MobileAddress MOA_A = A.prefix().addressOf(ETH0.mac());
    private static final MobileAddress MOA_B = B.prefix().addressOf(ETH1.mac());
    private static final String SECRET = "00112233445566778899aabbccddeeff";
    private static final Epoch E5 = new Epoch(5);

    private final FakeInterfaces interfaces = new FakeInterfaces();
    private final FakeMappings mappings = new FakeMappings();
    private final FakeDataPlane plane = new FakeDataPlane();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final GuestAgent agent = new GuestAgent(interfaces, (_, _) -> plane, mappings,
            Epochs.FORGOTTEN, () -> 0, new LineLog(new PrintStream(logged, true, StandardCharsets.UTF_8), () -> 0));

    private static Gateway gateway(String site) {
        return new Gateway(LinkLocalAddress.of("fe80::" + site + "1"), MacAddress.of("02:00:00:00:00:" + site + "1"),
                SitePrefix.of("2001:db8:" + site + "::/64"));
    }

    private static Enrol enrolment(String hoa, int port) {
        return new Enrol(HomeAddress.of(hoa), SitePrefix.of("2001:db8:face::/64"),
                (Inet6Address) Inet6Address.ofLiteral("2001:db8:d::53"), port, new ImsKey(SECRET));
    }

    @BeforeEach
    void twoLinks() {
        interfaces.advertise(ETH0, A);
        interfaces.advertise(ETH1, B);
    }

    @AfterEach
    void noSecretIsLogged() {
        plane.close();
        assertThat(logged.toString(StandardCharsets.UTF_8)).doesNotContain(SECRET);
    }

    /** Another process on the same kernel. */
    private GuestAgent successor() {
        GuestAgent next = new GuestAgent(interfaces, new DataPlanes() {

            @Override
            public Optional<String> left() {
                return Optional.of(plane.note());
            }

            @Override
            public DataPlane install(HomeAddress hoa, SitePrefix hoaSpace) {
                return plane;
            }
        }, mappings, Epochs.FORGOTTEN, () -> 0,
                new LineLog(new PrintStream(logged, true, StandardCharsets.UTF_8), () -> 0));
        next.resume();
        return next;
    }

    private void enrol() {
        assertThat(agent.answer(enrolment("2001:db8:face::1", 4342))).isInstanceOf(GuestStatus.class);
    }

    private GuestReply stageB(Epoch epoch) {
        return agent.answer(new Stage(ETH1.mac(), B, epoch));
    }

    private void isRefused(GuestRequest request, RefusalCode code) {
        assertThat(agent.answer(request)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.message()).isNotBlank();
        });
    }

    private void stateIs(String expected) {
        assertThat(interfaces + "\n" + plane + "\n").isEqualTo(expected);
    }

    @Test
    void aGuestThatWasNotEnrolledOnlyTellsThat() {
        assertThat(agent.answer(new Status())).isEqualTo(new GuestStatus(false, Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), false, Epoch.NONE));
        isRefused(new Stage(ETH1.mac(), B, E5), RefusalCode.NOT_ENROLLED);
        isRefused(new Arm(E5), RefusalCode.NOT_ENROLLED);
        isRefused(new Settle(E5), RefusalCode.NOT_ENROLLED);
        isRefused(new Unstage(E5), RefusalCode.NOT_ENROLLED);
    }

    @Test
    void anEnrolledGuestOwnsTheAddressOfItsUplink() {
        enrol();

        assertThat(agent.answer(new Status())).isEqualTo(new GuestStatus(true, Optional.of(HOA), Optional.of(MOA_A),
                Optional.of(ETH0.mac()), Optional.empty(), false, Epoch.NONE));
        assertThat(mappings.source).isEqualTo(MOA_A);
        stateIs("""
                eth0: up 2001:db8:a:0:5054:ff:fe00:1, default from 2001:db8:a::/64 via fe80::a1
                eth1: down
                FIRST: 2001:db8:a:0:5054:ff:fe00:1 on interface 2, active
                exempt: 2001:db8:d::53
                """);
    }

    @Test
    void enrollingAgainChangesNothingButTheMappingServer() {
        enrol();
        enrol();
        assertThat(mappings.opened).isOne();

        agent.answer(enrolment("2001:db8:face::1", 5000));
        assertThat(mappings.opened).isEqualTo(2);
        assertThat(mappings.closed).isOne();

        isRefused(enrolment("2001:db8:face::2", 4342), RefusalCode.ALREADY_ENROLLED);
    }

    @Test
    void enrollingWithoutARouterIsRefusedAndCanBeTriedAgain() {
        interfaces.silence(ETH0);
        isRefused(enrolment("2001:db8:face::1", 4342), RefusalCode.NO_ROUTER_ADVERTISEMENT);

        interfaces.advertise(ETH0, A);
        enrol();
    }

    @Test
    void aMigrationThereAndBack() {
        enrol();
        Staged staged = new Staged(MOA_B, ETH1.mac(), ETH1.mac().linkLocal());
        assertThat(stageB(E5)).isEqualTo(staged);
        assertThat(stageB(E5)).isEqualTo(staged);
        assertThat(agent.answer(new Arm(E5))).isEqualTo(new Done());
        assertThat(agent.answer(new Arm(E5))).isEqualTo(new Done());
        stateIs("""
                eth0: up 2001:db8:a:0:5054:ff:fe00:1, default from 2001:db8:a::/64 via fe80::a1
                eth1: up 2001:db8:b:0:5054:ff:fe00:2, default from 2001:db8:b::/64 via fe80::b1 pinned at 02:00:00:00:00:b1
                FIRST: 2001:db8:a:0:5054:ff:fe00:1 on interface 2, active
                SECOND: 2001:db8:b:0:5054:ff:fe00:2 on interface 3, armed
                exempt: 2001:db8:d::53
                """);

        plane.land(org.godwit.shim.FlipTrigger.RECEIVED);
        assertThat(agent.answer(new Status())).isEqualTo(new GuestStatus(true, Optional.of(HOA), Optional.of(MOA_B),
                Optional.of(ETH1.mac()), Optional.of(MOA_B), false, E5));
        assertThat(agent.answer(new Settle(E5))).isEqualTo(new Settled(MOA_B, FlipTrigger.RECEIVED, Silences.UNKNOWN));
        assertThat(agent.answer(new Settle(E5))).isEqualTo(new Settled(MOA_B, FlipTrigger.RECEIVED, Silences.UNKNOWN));
        assertThat(mappings.source).isEqualTo(MOA_B);
        stateIs("""
                eth0: down
                eth1: up 2001:db8:b:0:5054:ff:fe00:2, default from 2001:db8:b::/64 via fe80::b1
                SECOND: 2001:db8:b:0:5054:ff:fe00:2 on interface 3, active
                exempt: 2001:db8:d::53
                """);

        Epoch e6 = new Epoch(6);
        isRefused(new Stage(ETH1.mac(), A, e6), RefusalCode.INTERFACE_ACTIVE);
        assertThat(agent.answer(new Stage(ETH0.mac(), A, e6)))
                .isEqualTo(new Staged(MOA_A, ETH0.mac(), ETH0.mac().linkLocal()));
        agent.answer(new Arm(e6));
        plane.land(org.godwit.shim.FlipTrigger.NOTIFIED);
        plane.silences = new Silences(Optional.of(Duration.ofMillis(119)), Optional.of(Duration.ofMillis(107)));
        assertThat(agent.answer(new Settle(e6))).isEqualTo(new Settled(MOA_A, FlipTrigger.NOTIFIED, plane.silences));
        stateIs("""
                eth0: up 2001:db8:a:0:5054:ff:fe00:1, default from 2001:db8:a::/64 via fe80::a1
                eth1: down
                FIRST: 2001:db8:a:0:5054:ff:fe00:1 on interface 2, active
                exempt: 2001:db8:d::53
                """);
    }

    @Test
    void whatIsSettledIsAnsweredAgainForAsLongAsNothingElseIsStaged() {
        enrol();
        stageB(E5);
        agent.answer(new Arm(E5));
        plane.land(org.godwit.shim.FlipTrigger.RECEIVED);
        GuestReply settled = agent.answer(new Settle(E5));
        Epoch takenOver = new Epoch(6);
        assertThat(agent.answer(new Settle(takenOver))).isEqualTo(settled);
        agent.answer(new Stage(ETH0.mac(), A, new Epoch(7)));
        agent.answer(new Unstage(new Epoch(7)));
        isRefused(new Settle(new Epoch(7)), RefusalCode.NOTHING_STAGED);
    }

    @Test
    void aGuestWithADiskRefusesWhatIsOverAfterAReboot(@TempDir Path disk) {
        Epochs file = new EpochFile(disk.resolve("state"));
        GuestAgent before = booted(file, "2001:db8:face::1");
        before.answer(new Stage(ETH1.mac(), B, E5));

        GuestAgent after = booted(file, "2001:db8:face::1");
        assertThat(((GuestStatus) after.answer(new Status())).epoch()).isEqualTo(E5);
        assertThat(after.answer(new Arm(new Epoch(4)))).isInstanceOfSatisfying(Refused.class,
                refused -> assertThat(refused.code()).isEqualTo(RefusalCode.STALE_EPOCH));
        GuestAgent copyOfItsDisk = booted(file, "2001:db8:face::2");
        assertThat(((GuestStatus) copyOfItsDisk.answer(new Status())).epoch()).isEqualTo(Epoch.NONE);
    }

    private GuestAgent booted(Epochs disk, String hoa) {
        GuestAgent fresh = new GuestAgent(interfaces, (_, _) -> plane, mappings, disk, () -> 0,
                new LineLog(new PrintStream(logged, true, StandardCharsets.UTF_8), () -> 0));
        fresh.answer(enrolment(hoa, 4342));
        return fresh;
    }

    @Test
    void whereNoSignOfLandingCameSettlingFlips() {
        enrol();
        stageB(E5);
        agent.answer(new Arm(E5));

        assertThat(agent.answer(new Settle(E5))).isEqualTo(new Settled(MOA_B, FlipTrigger.COMMANDED, Silences.UNKNOWN));
    }

    @Test
    void whatIsUndoneLeavesNothing() {
        enrol();
        String before = interfaces + "\n" + plane + "\n";
        stageB(E5);
        agent.answer(new Arm(E5));

        assertThat(agent.answer(new Unstage(E5))).isEqualTo(new Done());
        assertThat(agent.answer(new Unstage(E5))).isEqualTo(new Done());
        stateIs(before);
        isRefused(new Settle(E5), RefusalCode.NOTHING_STAGED);
        isRefused(new Arm(E5), RefusalCode.NOTHING_STAGED);
    }

    @Test
    void aFalseAlarmIsFlippedBackWhenStagingIsUndone() {
        enrol();
        String before = interfaces + "\n" + plane + "\n";
        stageB(E5);
        agent.answer(new Arm(E5));
        plane.land(org.godwit.shim.FlipTrigger.ANNOUNCED);

        assertThat(agent.answer(new Unstage(E5))).isEqualTo(new Done());
        stateIs(before);
        assertThat(mappings.source).isEqualTo(MOA_A);
    }

    @Test
    void aFalseAlarmIsTakenBackWhenTheHostArmsOnceMore() {
        enrol();
        stageB(E5);
        agent.answer(new Arm(E5));
        String before = interfaces + "\n" + plane + "\n";
        plane.land(org.godwit.shim.FlipTrigger.ANNOUNCED);

        assertThat(agent.answer(new Arm(E5))).isEqualTo(new Done());
        stateIs(before);
        assertThat(mappings.source).isEqualTo(MOA_A);

        plane.land(org.godwit.shim.FlipTrigger.RECEIVED);
        assertThat(agent.answer(new Arm(E5))).as("too late, it has landed").isEqualTo(new Done());
        // Which of the two signs it has heard of by now depends on the thread that hears them.
        assertThat(agent.answer(new Settle(E5))).isIn(new Settled(MOA_B, FlipTrigger.ANNOUNCED, Silences.UNKNOWN),
                new Settled(MOA_B, FlipTrigger.RECEIVED, Silences.UNKNOWN));
    }

    @Test
    void anOldEpochIsRefusedAndChangesNothing() {
        enrol();
        stageB(E5);
        String before = interfaces + "\n" + plane + "\n";
        Epoch old = new Epoch(4);

        isRefused(new Stage(ETH1.mac(), A, old), RefusalCode.STALE_EPOCH);
        isRefused(new Arm(old), RefusalCode.STALE_EPOCH);
        isRefused(new Unstage(old), RefusalCode.STALE_EPOCH);
        isRefused(new Settle(old), RefusalCode.STALE_EPOCH);
        stateIs(before);
    }

    @Test
    void stagingAnotherGatewayReplacesWhatWasStaged() {
        enrol();
        stageB(E5);
        agent.answer(new Arm(E5));
        Gateway d = gateway("d");
        interfaces.advertise(ETH1, d);

        assertThat(agent.answer(new Stage(ETH1.mac(), d, new Epoch(6))))
                .isEqualTo(new Staged(d.prefix().addressOf(ETH1.mac()), ETH1.mac(), ETH1.mac().linkLocal()));
        assertThat(plane.armed()).isFalse();
    }

    @Test
    void stagingThatFailsLeavesNothing() {
        enrol();
        String before = interfaces + "\n" + plane + "\n";

        interfaces.silence(ETH1);
        isRefused(new Stage(ETH1.mac(), B, E5), RefusalCode.NO_ROUTER_ADVERTISEMENT);
        stateIs(before);
        interfaces.broken = "stage";
        isRefused(new Stage(ETH1.mac(), B, E5), RefusalCode.INTERNAL);
        stateIs(before);
        isRefused(new Stage(MacAddress.of("52:54:00:00:00:09"), B, E5), RefusalCode.UNKNOWN_INTERFACE);
        stateIs(before);
    }

    @Test
    void settlingThatFailsHalfWayIsFinishedByTheNextTry() {
        enrol();
        stageB(E5);
        agent.answer(new Arm(E5));
        plane.land(org.godwit.shim.FlipTrigger.RECEIVED);
        interfaces.broken = "settle";
        isRefused(new Settle(E5), RefusalCode.INTERNAL);

        interfaces.broken = "";
        assertThat(agent.answer(new Settle(E5))).isEqualTo(new Settled(MOA_B, FlipTrigger.RECEIVED, Silences.UNKNOWN));
    }

    @Test
    void whatTheKernelAsksIsAskedOfTheMappingServerAndItsAnswerPut() throws InterruptedException {
        enrol();
        plane.emit(new MissOut(PEER));
        plane.emit(new UnknownSource(PEER_MOA));

        assertThat(mappings.asked.poll(30, TimeUnit.SECONDS)).isEqualTo(PEER);
        assertThat(mappings.asked.poll(30, TimeUnit.SECONDS)).isEqualTo(PEER_MOA);
        mappings.learnt.accept(new Mapping(PEER, Optional.of(PEER_MOA), Optional.empty(), Optional.empty(), E5));
        assertThat(plane.toString()).contains("2001:db8:face::c: active 2001:db8:c::c\n");
    }

    @Test
    void aSuccessorGoesOnWhereNothingIsStaged() {
        enrol();
        plane.putPeer(PEER, PEER_MOA, Optional.empty(), Optional.empty(), E5);
        String before = interfaces + "\n" + plane + "\n";

        GuestAgent next = successor();

        stateIs(before);
        assertThat(next.answer(new Status())).isEqualTo(agent.answer(new Status()));
        assertThat(mappings.watched).as("whose changes are to be heard of again").containsExactly(PEER);
    }

    @Test
    void aSuccessorThatFindsNothingWaitsForItsEnrolment() {
        assertThat(successor().answer(new Status())).isInstanceOfSatisfying(GuestStatus.class,
                status -> assertThat(status.enrolled()).isFalse());
    }

    @Test
    void aSuccessorSettlesWhatItsPredecessorHasArmedAndTheKernelFlipped() {
        enrol();
        stageB(E5);
        agent.answer(new Arm(E5));
        plane.land(org.godwit.shim.FlipTrigger.RECEIVED);

        GuestAgent next = successor();

        assertThat(mappings.source).as("where traffic goes by now").isEqualTo(MOA_B);
        assertThat(next.answer(new Stage(ETH1.mac(), B, E5)))
                .isEqualTo(new Staged(MOA_B, ETH1.mac(), ETH1.mac().linkLocal()));
        assertThat(next.answer(new Arm(new Epoch(4)))).isInstanceOfSatisfying(Refused.class,
                refused -> assertThat(refused.code()).isEqualTo(RefusalCode.STALE_EPOCH));
        assertThat(next.answer(new Settle(E5))).isEqualTo(new Settled(MOA_B, FlipTrigger.RECEIVED, Silences.UNKNOWN));
        stateIs("""
                eth0: down
                eth1: up 2001:db8:b:0:5054:ff:fe00:2, default from 2001:db8:b::/64 via fe80::b1
                SECOND: 2001:db8:b:0:5054:ff:fe00:2 on interface 3, active
                exempt: 2001:db8:d::53
                """);
        assertThat(successor().answer(new Settle(E5))).as("settled again")
                .isEqualTo(new Settled(MOA_B, FlipTrigger.RECEIVED, Silences.UNKNOWN));
    }

    @Test
    void aSuccessorUndoesWhatItsPredecessorHasStaged() {
        enrol();
        String before = interfaces + "\n" + plane + "\n";
        stageB(E5);
        agent.answer(new Arm(E5));
        plane.land(org.godwit.shim.FlipTrigger.ANNOUNCED);

        assertThat(successor().answer(new Unstage(E5))).isEqualTo(new Done());
        stateIs(before);
    }

    @Test
    void stagingThatNeverCameToItsEndIsTakenBackByTheSuccessor() {
        enrol();
        String before = interfaces + "\n" + plane + "\n";
        stageB(E5);
        // As if killed before the answer was noted.
        plane.note(plane.note().lines().filter(line -> !line.contains("\"staged\"")).collect(Collectors.joining("\n")));

        GuestAgent next = successor();

        stateIs(before);
        assertThat(next.answer(new Stage(ETH1.mac(), B, E5)))
                .isEqualTo(new Staged(MOA_B, ETH1.mac(), ETH1.mac().linkLocal()));
    }

    @Test
    void whatComesFromNobodysMoaIsPassed() throws InterruptedException {
        enrol();
        mappings.plain.add(PEER_MOA);
        plane.emit(new UnknownSource(PEER_MOA));
        plane.emit(new UnknownSource(MOA_B));

        assertThat(mappings.asked.poll(30, TimeUnit.SECONDS)).isEqualTo(PEER_MOA);
        assertThat(mappings.asked.poll(30, TimeUnit.SECONDS)).isEqualTo(MOA_B);
        assertThat(plane.toString()).endsWith("plain: " + PEER_MOA);
    }
}
