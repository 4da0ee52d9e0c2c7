package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.godwit.model.Epoch;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process of another build takes over from one that is gone, while packets run. */
@Tag("netns")
@Timeout(120)
class UpgradeTest {

    private static final String SPACE = "2001:db8:face::/64";
    private static final ProgramBuild OLD = ProgramBuild.ofThisJar();

    /** Other bytes, and so another build, though the programs in it do the same: what lies behind an ELF file is not read. */
    private static final ProgramBuild NEW = new ProgramBuild(Arrays.copyOf(OLD.elf(), OLD.elf().length + 1));

    @TempDir
    private Path bpfFileSystem;
    private Pins pins;
    private TwoSites sites;
    private KernelDataPlane plane;

    @BeforeAll
    static void needs() {
        Tier.NETNS.needs(Needs.lackForNetwork());
    }

    @BeforeEach
    void raise() {
        Command.output("mount", "-t", "bpf", "bpf", bpfFileSystem.toString());
        pins = new Pins(bpfFileSystem.resolve("godwit"));
        sites = new TwoSites();
        // Replaces the one without pins that TwoSites has put there.
        plane = install(OLD);
        plane.own(Slot.FIRST, TwoSites.MOBILE_A, index("eth0"));
        plane.own(Slot.SECOND, TwoSites.MOBILE_B, index("eth1"));
        plane.putPeer(TwoSites.PEER, TwoSites.PEER_C, Optional.empty(), Optional.empty(), new Epoch(7));
        plane.note("a note");
    }

    @AfterEach
    void remove() {
        if (plane != null) {
            plane.close();
        }
        if (sites != null) {
            sites.close();
        }
        Command.output("umount", bpfFileSystem.toString());
    }

    private KernelDataPlane install(ProgramBuild build) {
        return sites.mobile.call(() -> {
            KernelDataPlane installed = KernelDataPlane.install(TwoSites.MOBILE, SPACE, Optional.of(pins),
                    Role.END_NODE, build);
            installed.attach("eth0");
            installed.attach("eth1");
            return installed;
        });
    }

    private int index(String nic) {
        return sites.mobile.call(() -> Libc.interfaceIndex(nic));
    }

    @Test
    void theNewProgramsTakeOverUnderTrafficAndNothingIsLost() {
        List<String> before = programs();
        try (Echo echo = new Echo(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER);
                Datagrams out = new Datagrams(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER);
                Traffic traffic = new Traffic(echo, out)) {
            plane.close();
            plane = install(NEW);
            traffic.awaitMore();
            plane.close();
            plane = install(OLD);
            traffic.awaitMore();
            traffic.stop();
            assertThat(out.received()).isEqualTo(IntStream.range(0, out.sent()).boxed().toList());
        }

        assertThat(programs()).doesNotContainAnyElementsOf(before);
        assertThat(plane.notices()).contains("the programs in the kernel were replaced by those of build " + OLD.id());
        assertThat(pins.areOf(OLD)).isTrue();
        assertThat(pins.areOf(NEW)).isFalse();
        assertThat(plane.note()).isEqualTo("a note");
        assertThat(plane.peers()).containsExactly(new KnownPeer(TwoSites.PEER, TwoSites.PEER_C, Optional.empty(),
                Optional.empty(), new Epoch(7)));
        assertThat(plane.owned(Slot.SECOND)).contains(new OwnMoa(TwoSites.MOBILE_B, index("eth1")));
        assertThat(plane.counters().get(Counter.TRANSLATED_OUT)).as("counted on").isGreaterThan(1000);
    }

    @Test
    void theSameBuildLeavesTheProgramsAsTheyAre() {
        List<String> before = programs();
        plane.close();
        plane = install(OLD);

        assertThat(programs()).isEqualTo(before);
        assertThat(plane.notices()).noneMatch(notice -> notice.contains("replaced"));
    }

    @Test
    void anUpgradeThatWasBrokenOffIsDoneAgain() {
        pins.beginReplacing();
        plane.close();
        plane = install(NEW);

        assertThat(pins.areOf(NEW)).isTrue();
        assertThat(plane.peers()).hasSize(1);
    }

    @Test
    void mapsOfAnotherFormAreRefusedAndEverythingGoesOn() {
        // A hash (type 1) with other keys and values.
        replaceMap(Abi.MAP_EXEMPT, 1, 8, 64);
        List<String> before = programs();

        assertThatThrownBy(() -> install(NEW)).isInstanceOf(ShimException.class)
                .hasMessageContaining("whose map mat_exempt is").hasMessageContaining("guest-agent uninstall");
        assertThat(programs()).isEqualTo(before);
        try (Echo echo = new Echo(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER)) {
            echo.exchange(1000);
        }
    }

    @Test
    void anotherVersionOfTheContractIsRefused() {
        BpfMap config = plane.kernel().map(Abi.MAP_CONFIG, Abi.CONFIG_BYTES);
        config.put(BpfMap.key(0), config.get(BpfMap.key(0)).orElseThrow().putInt(Abi.CONFIG_ABI_VERSION, 3));

        assertThatThrownBy(() -> install(NEW)).isInstanceOf(ShimException.class)
                .hasMessageContaining("version 3 of our contract with the kernel, this build speaks " + Abi.VERSION);
    }

    @Test
    void countersOfWhichThereAreMoreNowGoOnCounting() {
        // An array per processor (type 6) with room for the first three only.
        int fd = replaceMap(Abi.MAP_COUNTERS, 6, 8, 3);
        new BpfMap(fd, Libbpf.processors() * Long.BYTES).put(BpfMap.key(1),
                BpfMap.buffer(Libbpf.processors() * Long.BYTES).putLong(0, 1234));
        plane.close();
        plane = install(NEW);

        assertThat(plane.counters().get(Counter.TRANSLATED_IN)).isGreaterThanOrEqualTo(1234);
        assertThat(plane.counters()).containsEntry(Counter.DROP_STRANGER, 0L);
    }

    private int replaceMap(String name, int type, int valueBytes, int entries) {
        NativeCall create = NativeCall.of(NativeCall.library("libbpf.so.1", "libbpf1"), "bpf_map_create");
        try (Arena arena = Arena.ofConfined()) {
            int fd = create.call(type, arena.allocateFrom(name).address(), Integer.BYTES, valueBytes, entries, 0)
                    .number();
            assertThat(fd).isPositive();
            pins.put(name, fd);
            return fd;
        }
    }

    /** The ids of the programs on the interfaces: each load gives new ones. */
    private List<String> programs() {
        List<String> ids = new ArrayList<>();
        for (String device : List.of("matif", "eth0", "eth1")) {
            for (Libbpf.Hook hook : Libbpf.Hook.values()) {
                List<String> here = sites.mobile.programs(device, hook);
                assertThat(here).as(device + " " + hook)
                        .hasSize(device.equals("matif") && hook == Libbpf.Hook.INGRESS ? 0 : 1);
                here.forEach(line -> ids.add(line.replaceAll(".* id (\\d+).*", "$1")));
            }
        }
        return ids;
    }

    /** A TCP connection and datagrams, until closed. */
    private static final class Traffic implements AutoCloseable {

        private final Thread thread;
        private volatile boolean done;
        private volatile long rounds;
        private volatile Throwable failure;

        Traffic(Echo echo, Datagrams datagrams) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (!done) {
                        echo.exchange(20_000);
                        datagrams.send(3);
                        datagrams.collect();
                        rounds++;
                    }
                } catch (RuntimeException | Error e) {
                    failure = e;
                }
            });
            awaitMore();
        }

        void awaitMore() {
            long until = rounds + 200;
            while (rounds < until && failure == null) {
                Thread.onSpinWait();
            }
            assertThat(failure).isNull();
        }

        @Override
        public void close() {
            stop();
        }

        void stop() {
            done = true;
            try {
                thread.join(15_000);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(failure).isNull();
        }
    }
}
