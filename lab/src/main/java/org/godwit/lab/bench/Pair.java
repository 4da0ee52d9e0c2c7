package org.godwit.lab.bench;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.godwit.lab.Correspondent;
import org.godwit.lab.Lab;
import org.godwit.lab.house.House;
import org.godwit.lab.house.Programs;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.model.HomeAddress;

/** Two nodes with a router between them, and the ways in which they can talk; one way at a time. */
final class Pair implements AutoCloseable {

    private static final Duration TOOL_LIMIT = Duration.ofSeconds(10);
    private static final Duration SHIM_LIMIT = Duration.ofSeconds(30);
    private static final String ROUTER = "fe80::1";
    private static final Patience PATIENCE = new Patience(InstantSource.system());

    private final Lab lab;
    private final Side left;
    private final Side right;
    private int shims;

    private record Side(Correspondent node, HomeAddress hoa) {

        String moa() {
            return node.address().toCanonicalString();
        }
    }

    /**
     * A way that is open.
     *
     * @param right where the right node is reached
     * @param shims the processes that hold the shim of each node, if it is used
     */
    record Opened(IPv6Address right, List<Running> shims, Runnable end) implements AutoCloseable {

        Opened {
            shims = List.copyOf(shims);
        }

        @Override
        public void close() {
            end.run();
        }
    }

    private Pair(Lab lab) {
        this.lab = lab;
        left = new Side(lab.correspondent("left"), HomeAddress.of("2001:db8:face::1"));
        right = new Side(lab.correspondent("right"), HomeAddress.of("2001:db8:face::2"));
        lab.start();
    }

    /** @param root where labs have their folders */
    static Pair open(Path root) {
        Lab lab = Lab.open(root);
        try {
            return new Pair(lab);
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    Correspondent left() {
        return left.node();
    }

    Correspondent right() {
        return right.node();
    }

    /** Puts a way in place on both nodes; closing takes it away again. */
    Opened open(Way way) {
        return switch (way) {
            case PLAIN -> new Opened(right.node().address(), List.of(), () -> {});
            case SHIM -> shim();
            case VXLAN -> vxlan();
            case NFTABLES -> nftables();
        };
    }

    private Opened shim() {
        List<Running> both = List.of(shim(left, right), shim(right, left));
        both.forEach(shim -> shim.awaitReady(PATIENCE, SHIM_LIMIT, () -> shim.timesSaid(ShimNode.READY) > 0,
                "did not put the shim in place"));
        return new Opened(right.hoa().address(), both, () -> {
            both.forEach(Running::endInput);
            both.forEach(shim -> shim.await(SHIM_LIMIT));
        });
    }

    private Running shim(Side self, Side peer) {
        return self.node().start("shim-" + ++shims,
                Programs.command(ShimNode.class.getName(),
                        List.of("--device", Correspondent.DEVICE, "--hoa-space", House.HOA_SPACE, "--hoa",
                                self.hoa().toString(), "--moa", self.moa(), "--peer-hoa", peer.hoa().toString(),
                                "--peer-moa", peer.moa())),
                Programs.environment());
    }

    private Opened vxlan() {
        vxlan(left, right);
        vxlan(right, left);
        return new Opened(right.hoa().address(), List.of(),
                () -> both(side -> feed(side, List.of("ip", "-batch", "-"), "link delete tunnel\n")));
    }

    private static void vxlan(Side self, Side peer) {
        feed(self, List.of("ip", "-batch", "-"), """
                link add tunnel type vxlan id 7 local %s remote %s dev %s dstport 4789
                address add %s/64 dev tunnel nodad
                link set tunnel up
                """.formatted(self.moa(), peer.moa(), Correspondent.DEVICE, self.hoa()));
    }

    private Opened nftables() {
        nftables(left, right);
        nftables(right, left);
        return new Opened(right.hoa().address(), List.of(), () -> both(side -> {
            feed(side, List.of("nft", "-f", "-"), "delete table ip6 benchmark\n");
            feed(side, List.of("ip", "-batch", "-"), """
                    route delete %s dev %s
                    address delete %s/128 dev lo
                    """.formatted(House.HOA_SPACE, Correspondent.DEVICE, side.hoa()));
        }));
    }

    private static void nftables(Side self, Side peer) {
        feed(self, List.of("ip", "-batch", "-"), """
                address add %s/128 dev lo nodad
                route add %s via %s dev %s src %s
                """.formatted(self.hoa(), House.HOA_SPACE, ROUTER, Correspondent.DEVICE, self.hoa()));
        feed(self, List.of("nft", "-f", "-"), """
                table ip6 benchmark {
                    chain out {
                        type filter hook postrouting priority raw;
                        ip6 saddr %s ip6 daddr %s ip6 saddr set %s ip6 daddr set %s
                    }
                    chain in {
                        type filter hook prerouting priority raw;
                        ip6 saddr %s ip6 daddr %s ip6 saddr set %s ip6 daddr set %s
                    }
                }
                """.formatted(self.hoa(), peer.hoa(), self.moa(), peer.moa(), peer.moa(), self.moa(), peer.hoa(),
                self.hoa()));
    }

    private void both(Consumer<Side> step) {
        step.accept(left);
        step.accept(right);
    }

    private static void feed(Side side, List<String> command, String input) {
        Processes.run(TOOL_LIMIT, side.node().enter(command), input, Map.of());
    }

    @Override
    public void close() {
        lab.close();
    }
}
