package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.godwit.shim.Libbpf.Hook.EGRESS;
import static org.godwit.shim.Libbpf.Hook.INGRESS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stays of a data plane when its process goes, and what does not when it is uninstalled. */
@Tag("netns")
@Timeout(60)
class PinTest {

    private static final HomeAddress HOA = HomeAddress.of("2001:db8:face::1");
    private static final HomeAddress OTHER_HOA = HomeAddress.of("2001:db8:face::9");
    private static final MobileAddress MOA = MobileAddress.of("2001:db8:a::10");
    private static final MobileAddress MOA_STAGED = MobileAddress.of("2001:db8:b::10");
    private static final HomeAddress PEER = HomeAddress.of("2001:db8:face::2");
    private static final MobileAddress PEER_MOA = MobileAddress.of("2001:db8:c::20");
    private static final MobileAddress MOA_ELSEWHERE = MobileAddress.of("2001:db8:d::20");
    private static final String SPACE = "2001:db8:face::/64";

    @TempDir
    private Path bpfFileSystem;
    private Path pins;
    private Namespace node;
    private boolean mounted;

    @BeforeAll
    static void needs() {
        Tier.NETNS.needs(Needs.lackForNetwork());
    }

    @BeforeEach
    void raise() {
        Command.output("mount", "-t", "bpf", "bpf", bpfFileSystem.toString());
        mounted = true;
        pins = bpfFileSystem.resolve("godwit");
        node = new Namespace("pins");
        // Without addresses, which would change their state by themselves for a while.
        node.ip("link add nic0 type veth peer name far0", "link set nic0 addrgenmode none",
                "link set far0 addrgenmode none", "link set nic0 up", "link set far0 up");
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!bothEndsAreUp()) {
            assertThat(System.nanoTime()).as("link comes up").isLessThan(deadline);
        }
    }

    private boolean bothEndsAreUp() {
        return node.output("ip", "-j", "link").split("\"operstate\":\"UP\"", -1).length == 3;
    }

    @AfterEach
    void remove() {
        if (node != null) {
            node.close();
        }
        if (mounted) {
            Command.output("umount", bpfFileSystem.toString());
        }
    }

    @Test
    void theNextProcessAdoptsEverything() {
        KernelDataPlane first = install(HOA);
        first.own(Slot.FIRST, MOA, 2);
        first.own(Slot.SECOND, MOA_STAGED, 3);
        first.putPeer(PEER, PEER_MOA, Optional.of(MOA_ELSEWHERE), Optional.empty(), new Epoch(4));
        first.note("what is replaced, and longer");
        first.note("wei\u00df");
        first.flip(Slot.SECOND);
        first.arm(Slot.FIRST);
        first.close();

        assertThat(node.programs("nic0", INGRESS)).as("translates while nobody steers").singleElement().asString()
                .contains("mat_ingress");
        KernelDataPlane second = install(HOA);

        assertThat(second.active()).isEqualTo(Slot.SECOND);
        assertThat(second.armed()).isTrue();
        assertThat(second.owned(Slot.SECOND)).contains(new OwnMoa(MOA_STAGED, 3));
        assertThat(second.note()).isEqualTo("wei\u00df");
        assertThat(second.peers()).containsExactly(
                new KnownPeer(PEER, PEER_MOA, Optional.of(MOA_ELSEWHERE), Optional.empty(), new Epoch(4)));
        assertThatThrownBy(() -> second.own(Slot.FIRST, PEER_MOA, 2)).hasMessageContaining("belongs to a peer");
        assertThatThrownBy(() -> second.own(Slot.FIRST, MOA_STAGED, 2)).hasMessageContaining("slot SECOND already");
        second.close();
    }

    @Test
    void anotherHoaIsNotAdopted() {
        install(HOA).close();

        assertThatThrownBy(() -> install(OTHER_HOA)).isInstanceOf(ShimException.class)
                .hasMessageContaining("serves the HoA " + HOA + ", not " + OTHER_HOA);
    }

    @Test
    void whatIsHalfPinnedIsMadeAfresh() throws Exception {
        install(HOA).close();
        Files.delete(pins.resolve("mat_complete"));
        Files.delete(pins.resolve("mat_peers"));

        KernelDataPlane plane = install(OTHER_HOA);

        assertThat(node.output("ip", "-6", "address", "show", "dev", "matif")).contains(OTHER_HOA.toString());
        plane.close();
    }

    @Test
    void uninstalledNothingIsLeft() {
        KernelDataPlane plane = install(HOA);
        plane.own(Slot.FIRST, MOA, 2);
        node.call(() -> {
            plane.uninstall();
            return null;
        });

        assertThat(pins).doesNotExist();
        assertThat(node.programs("nic0", INGRESS)).isEmpty();
        assertThat(node.programs("nic0", EGRESS)).isEmpty();
        assertThat(node.output("ip", "link")).doesNotContain("matif");
        assertThatThrownBy(plane::active).isInstanceOf(IllegalStateException.class)
                .hasMessage("the data plane is closed");
    }

    @Test
    void uninstallingLeavesEverythingAsItWasAlsoWhatOthersPutThereSince() {
        node.ip("link add nic1 type veth peer name far1", "link add nic2 type veth peer name far2");
        node.run("tc", "qdisc", "add", "dev", "nic1", "clsact");
        String before = state();
        KernelDataPlane plane = install(HOA);
        node.call(() -> {
            plane.attach("nic1");
            plane.attach("nic2");
            return null;
        });
        plane.close();
        node.ip("route add unreachable 2001:db8:77::/64 dev lo proto " + KernelDataPlane.ROUTE_PROTOCOL);
        assertThat(state()).isNotEqualTo(before).contains("matif", "6275");

        uninstall();
        assertThat(state()).isEqualTo(before);

        KernelDataPlane again = install(HOA);
        node.run("sh", "-c", "tc qdisc add dev nic0 clsact 2>/dev/null || tc qdisc show dev nic0 | grep clsact");
        node.run("tc", "filter", "add", "dev", "nic0", "ingress", "bpf", "direct-action", "object-pinned",
                pins.resolve("mat_gateway_ingress").toString());
        again.close();
        uninstall();
        assertThat(node.output("tc", "qdisc", "show", "dev", "nic0")).contains("clsact");
        assertThat(node.programs("nic0", INGRESS)).singleElement().asString().contains("mat_gateway_ingress");
    }

    @Test
    void interfacesThatAreGoneAreForgotten() {
        KernelDataPlane plane = install(HOA);
        int fd = new Pins(pins).open(Abi.MAP_HOOKS);
        BpfMap hooks = new BpfMap(fd, Abi.HOOK_BYTES);
        node.call(() -> {
            int gone = 1 << 20;
            for (int index : List.of(Libc.interfaceIndex("nic0"), gone)) {
                hooks.put(BpfMap.key(index), BpfMap.buffer(Abi.HOOK_BYTES));
            }
            plane.attach("nic0");
            assertThat(hooks.keys(Integer.BYTES)).extracting(BpfMap::number)
                    .containsExactly(Libc.interfaceIndex("nic0"));
            return null;
        });
        Libc.close(fd);
        plane.close();
    }

    @Test
    void whatIsHalfGoneIsUninstalledTooAndWhatIsGoneAgain() throws Exception {
        String before = state();
        KernelDataPlane plane = install(HOA);
        plane.close();
        Files.delete(pins.resolve("mat_complete"));
        Files.delete(pins.resolve("mat_peers"));
        node.ip("link delete matif");
        node.call(() -> {
            Attachment.detach(Libc.interfaceIndex("nic0"), INGRESS);
            return null;
        });

        uninstall();
        assertThat(state()).isEqualTo(before);
        assertThat(pins).doesNotExist();
        uninstall();
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void countersAreReadWithoutAnAgent() {
        install(HOA).close();
        assertThat(KernelDataPlane.countersIn(pins)).containsOnlyKeys(Counter.values())
                .containsEntry(Counter.BICAST, 0L);
        assertThatThrownBy(() -> KernelDataPlane.countersIn(bpfFileSystem.resolve("elsewhere")))
                .isInstanceOf(ShimException.class).hasMessageContaining("no shim is pinned in");
    }

    @Test
    void aProbeFindsThatThisKernelIsAbleAndLeavesNothing() {
        String before = state();
        KernelProbe probe = node.call(() -> KernelProbe.run(pins));

        assertThat(probe.able()).as(probe.toString()).isTrue();
        assertThat(probe.answer()).startsWith("this kernel (").endsWith(") can run the shim");
        assertThat(probe.findings()).extracting(KernelProbe.Finding::feature).containsExactly("root", "release",
                "libbpf", "network_namespace", "programs", "matif", "tc_bpf", "packet_sockets", "source_routes",
                "trace_notify_peers", "pin_folder");
        assertThat(state()).isEqualTo(before);
    }

    private void uninstall() {
        node.call(() -> {
            KernelDataPlane.uninstall(pins);
            return null;
        });
    }

    /** All that an installation may touch. */
    private String state() {
        StringBuilder state = new StringBuilder();
        for (String what : List.of("ip -j link", "ip -j address", "ip -6 -j route show table all", "ip -6 -j rule",
                "ip -6 -j neighbour", "tc qdisc")) {
            // Handles of clsact are given by us or not at all; counters and lifetimes change by themselves.
            state.append(what).append(": ").append(node.output(what.split(" "))).append('\n');
        }
        return state.append(node.output("nft", "list", "ruleset")).append(node.output("ls", bpfFileSystem.toString()))
                .toString();
    }

    @Test
    void installingTwiceWithoutPinsReplacesTheFirst() {
        KernelDataPlane first = node.call(() -> KernelDataPlane.install(HOA, SPACE, Optional.empty()));
        KernelDataPlane second = node.call(() -> KernelDataPlane.install(HOA, SPACE, Optional.empty()));

        assertThat(node.programs("matif", EGRESS)).singleElement().asString().contains("mat_egress");
        first.close();
        second.close();
    }

    @Test
    void aFilterGivesWayToWhatTheKernelDoesWithLessEffort() {
        KernelDataPlane plane = install(HOA);
        node.call(() -> {
            int nic = Libc.interfaceIndex("nic0");
            int program = plane.programFd(Abi.PROGRAM_INGRESS);
            Attachment.detach(nic, INGRESS);
            Libbpf.attach(nic, INGRESS, program, Libbpf.SHIM_PRIORITY);
            assertThat(Command.output("tc", "filter", "show", "dev", "nic0", "ingress")).contains("mat_ingress");
            Attachment.attach(nic, INGRESS, program);
            Attachment.attach(nic, INGRESS, program);
            return null;
        });

        assertThat(node.programs("nic0", INGRESS)).singleElement().asString().contains("mat_ingress");
        plane.close();
    }

    @Test
    void aPinFolderOutsideABpfFileSystemIsRefused(@TempDir Path ordinary) {
        assertThatThrownBy(
                () -> KernelDataPlane.install(HOA, SPACE, Optional.of(ordinary.resolve("a/b"))))
                .isInstanceOf(ShimException.class).hasMessageContaining("mount -t bpf bpf /sys/fs/bpf");
    }

    @Test
    void anInterfaceThatIsNotThereIsNamed() {
        KernelDataPlane plane = install(HOA);

        assertThatThrownBy(() -> node.call(() -> {
            plane.attach("eth7");
            return null;
        })).isInstanceOf(ShimException.class).hasMessage("there is no interface eth7");
        plane.close();
    }

    @Test
    void misuseIsRefusedAndChangesNothing() {
        KernelDataPlane plane = install(HOA);
        plane.own(Slot.FIRST, MOA, 2);

        assertThatThrownBy(() -> plane.arm(Slot.SECOND)).hasMessageContaining("slot SECOND holds no MoA");
        assertThatThrownBy(() -> plane.arm(Slot.FIRST)).hasMessageContaining("it is the active one");
        assertThatThrownBy(() -> plane.flip(Slot.SECOND)).hasMessageContaining("slot SECOND holds no MoA");
        assertThatThrownBy(() -> plane.disown(Slot.FIRST)).hasMessageContaining("in use");
        assertThatThrownBy(() -> plane.putPeer(PEER, MOA, Optional.empty(), Optional.empty()))
                .hasMessageContaining("this node's own");
        assertThatThrownBy(() -> plane.putPeer(PEER, PEER_MOA, Optional.of(PEER_MOA), Optional.empty()))
                .hasMessageContaining("must differ");
        plane.putPeer(PEER, PEER_MOA, Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> plane.putPeer(OTHER_HOA, PEER_MOA, Optional.empty(), Optional.empty()))
                .hasMessageContaining("belongs to peer " + PEER);
        assertThatThrownBy(() -> plane.passPlain(MobileAddress.of("2001:db8:face::77"), Duration.ofHours(1)))
                .hasMessageContaining("never a plain node's address");
        assertThatThrownBy(() -> plane.note("x".repeat(4093))).hasMessageContaining("at most 4092 bytes, got 4093");
        assertThat(plane.active()).isEqualTo(Slot.FIRST);
        assertThat(plane.armed()).isFalse();
        plane.close();
    }

    @Test
    void aFlipAndClosingWakeTheOneWhoWaits() throws Exception {
        KernelDataPlane plane = install(HOA);
        plane.own(Slot.FIRST, MOA, 2);

        CompletableFuture<Optional<ShimEvent.OfNode>> flipped = waiting(plane);
        plane.flip(Slot.FIRST);
        assertThat(flipped.get(30, TimeUnit.SECONDS))
                .contains(new ShimEvent.Flipped(Slot.FIRST, FlipTrigger.COMMANDED));

        CompletableFuture<Optional<ShimEvent.OfNode>> closed = waiting(plane);
        plane.close();
        assertThat(closed.get(30, TimeUnit.SECONDS)).isEmpty();
    }

    /** Comes back when the thread is in the kernel. */
    private static CompletableFuture<Optional<ShimEvent.OfNode>> waiting(KernelDataPlane plane) {
        CompletableFuture<Optional<ShimEvent.OfNode>> event = new CompletableFuture<>();
        Thread waiter = Thread.ofPlatform().daemon()
                .start(() -> event.complete(plane.nextEvent(Duration.ofMinutes(5))));
        while (Arrays.stream(waiter.getStackTrace()).noneMatch(at -> at.getMethodName().equals("awaitReadable"))) {
            Thread.onSpinWait();
        }
        return event;
    }

    private KernelDataPlane install(HomeAddress hoa) {
        return node.call(() -> {
            KernelDataPlane plane = KernelDataPlane.install(hoa, SPACE, Optional.of(pins));
            plane.attach("nic0");
            return plane;
        });
    }
}
