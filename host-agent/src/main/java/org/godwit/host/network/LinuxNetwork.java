package org.godwit.host.network;

import inet.ipaddr.ipv6.IPv6Address;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.godwit.host.program.ProgramException;
import org.godwit.host.program.Programs;
import org.godwit.model.MacAddress;
import org.godwit.shim.ShimException;

/** The network of a Linux host, through ip, nft, sysctl, radvd and ndisc6. One change at a time. */
public final class LinuxNetwork implements HostNetwork {

    /** Half a second of what a 10 Gbit/s link delivers in large packets; QEMU's default is 500 packets. */
    private static final int QUEUE_PACKETS = 10_000;

    private final Programs programs;
    private final BiConsumer<String, byte[]> frames;
    private final String reachableBridge;
    private final Radvd radvd;
    private final NeighbourProbe probe;

    /**
     * @param frames sends an Ethernet frame through the link that is named
     * @param stateFolder radvd's files live in its folder {@code radvd}; no other agent may use it
     */
    public LinuxNetwork(Programs programs, BiConsumer<String, byte[]> frames, String reachableBridge,
            Path stateFolder) {
        this.programs = programs;
        this.frames = frames;
        this.reachableBridge = reachableBridge;
        this.radvd = new Radvd(programs, stateFolder.resolve("radvd"));
        this.probe = new NeighbourProbe(programs, reachableBridge);
    }

    @Override
    public synchronized void apply(DesiredHostNetwork desired) {
        act("the idle bridge cannot be made", this::makeIdle);
        for (DummyBridge dummy : desired.dummyBridges()) {
            act("the dummy bridge " + dummy.name() + " cannot be made", () -> stage(dummy));
        }
        act("the guests' ports cannot be guarded", () -> guard(desired.guestPorts()));
    }

    @Override
    public synchronized void removeStaging(UUID vm) {
        String bridge = BridgeNames.staging(vm);
        Links links = links();
        if (links.find(bridge).filter(link -> !isOf(link, vm)).isPresent()) {
            // It was made for another VM whose UUID begins alike: ours has no staging.
            return;
        }
        act("the dummy bridge " + bridge + " cannot be removed", () -> {
            remove(bridge, links);
            guard(List.of());
        });
    }

    @Override
    public synchronized void sweep() {
        act("the rules of vanished ports cannot be removed", () -> guard(List.of()));
    }

    @Override
    public synchronized void cleanUp() {
        act("the host's network cannot be cleaned", () -> {
            Set<String> bridges = new LinkedHashSet<>(links().stagingBridges());
            bridges.addAll(radvd.bridges());
            bridges.forEach(bridge -> remove(bridge, links()));
            remove(BridgeNames.IDLE, links());
            nft(BlackHole.removeAll() + TapRules.removeAll());
        });
    }

    /** How many there are on this host. */
    public record Staged(long bridges, long radvds) {}

    /** What is staged, by any agent with this state folder. */
    public Staged staged() {
        List<String> bridges = links().stagingBridges();
        return new Staged(bridges.size(), bridges.stream().filter(radvd::runs).count());
    }

    @Override
    public Optional<String> lackOfReachableBridge() {
        Links links = links();
        Optional<Links.Link> bridge = links.find(reachableBridge);
        if (bridge.isEmpty() || !bridge.get().kind().equals("bridge")) {
            return Optional.of("there is no bridge " + reachableBridge + ": make it, or name another with "
                    + "--reachable-bridge");
        }
        // A VM's tap gives the bridge carrier too, but leads nowhere.
        boolean uplink = uplinks(links).anyMatch(Links.Link::carrier);
        return uplink && bridge.get().carrier()
                ? Optional.empty()
                : Optional.of("the bridge " + reachableBridge + " has no uplink with carrier: set the bridge up and "
                        + "connect it to the site's network");
    }

    @Override
    public List<String> uplinks() {
        return uplinks(links()).map(Links.Link::name).toList();
    }

    private Stream<Links.Link> uplinks(Links links) {
        return links.uplinksOf(reachableBridge).stream();
    }

    /** Through the bridge: it knows behind which port the gateway is, and switches on the way learn where the VM will be. */
    @Override
    public void introduce(Arrival vm) {
        try {
            Introduction.of(vm).forEach(frame -> frames.accept(reachableBridge, frame));
        } catch (ShimException e) {
            throw new HostNetworkException("the gateway cannot be told of " + vm.moa() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void widenQueue(String tap) {
        act("the queue of " + tap + " cannot be widened",
                () -> ip("link set dev " + tap + " txqueuelen " + QUEUE_PACKETS + "\n"));
    }

    @Override
    public Optional<MacAddress> ownerOf(IPv6Address address) {
        Links links = links();
        // Nobody answers his own solicitations, so the host's own addresses are looked up instead.
        boolean own = programs
                .require("", "ip", "-o", "-6", "address", "show", "dev", reachableBridge, "to",
                        address.toCanonicalString())
                .contains("inet6");
        if (own && links.has(reachableBridge)) {
            String mac = programs.require("", "ip", "-br", "link", "show", "dev", reachableBridge).split("\\s+")[2];
            return Optional.of(MacAddress.of(mac));
        }
        return probe.ownerOf(address);
    }

    private void makeIdle() {
        Links links = links();
        ip(IpBatch.makeIdle(links));
        nft(BlackHole.ofIdle());
        ip(IpBatch.openIdle(links));
    }

    private void stage(DummyBridge dummy) {
        Links links = links();
        links.find(dummy.name()).filter(link -> !isOf(link, dummy.vm())).ifPresent(link -> {
            throw new HostNetworkException(dummy.name() + " is taken by a VM whose UUID begins alike (" + link.alias()
                    + "): migrate one after the other");
        });
        if (!links.has(dummy.tap())) {
            throw new HostNetworkException("the VM's secondary interface has no link " + dummy.tap() + " on this host");
        }
        ip(IpBatch.makeDummy(dummy, links));
        nft(BlackHole.ofDummy(dummy.name()));
        // radvd wants to be a router. What the black hole lets through is never forwarded.
        programs.require("", "sysctl", "-q", "-w", "net.ipv6.conf." + dummy.name() + ".forwarding=1");
        ip(IpBatch.openDummy(dummy));
        radvd.run(dummy.name(), RadvdConfig.render(dummy));
    }

    /** A port that has vanished meanwhile needs no rules. */
    private void guard(List<GuestPort> ports) {
        Links links = links();
        StringBuilder rules = new StringBuilder();
        TapRules.tapsIn(programs.require("", "nft", "list", "chains", "netdev")).stream()
                .filter(tap -> !links.has(tap)).forEach(tap -> rules.append(TapRules.remove(tap)));
        ports.forEach(port -> links.find(port.tap())
                .ifPresent(link -> rules.append(TapRules.of(port, link.index()))));
        if (!rules.isEmpty()) {
            nft(rules.toString());
        }
    }

    private void remove(String bridge, Links links) {
        radvd.stop(bridge);
        ip(IpBatch.remove(bridge, links));
        nft(BlackHole.remove(bridge));
    }

    private static boolean isOf(Links.Link link, UUID vm) {
        return link.alias().isEmpty() || link.alias().equals(BridgeNames.alias(vm));
    }

    private Links links() {
        return Links.parse(programs.require("", "ip", "-d", "-j", "link", "show"));
    }

    private void ip(String batch) {
        if (!batch.isEmpty()) {
            programs.require(batch, "ip", "-batch", "-");
        }
    }

    private void nft(String ruleset) {
        programs.require(ruleset, "nft", "-f", "-");
    }

    private static void act(String complaint, Runnable effect) {
        try {
            effect.run();
        } catch (ProgramException | UncheckedIOException e) {
            throw new HostNetworkException(complaint + ": " + e.getMessage(), e);
        }
    }
}
