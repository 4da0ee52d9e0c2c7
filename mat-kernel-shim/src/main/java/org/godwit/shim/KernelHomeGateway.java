package org.godwit.shim;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;

/**
 * A router near the HoA prefix that translates on behalf of correspondents without MAT. The network must route both the HoA
 * space and the proxy prefix to it, and it must forward ({@code net.ipv6.conf.all.forwarding}); both are the operator's job.
 *
 * <p>{@link #nextEvent} blocks in native code: call it from a platform thread.
 */
public final class KernelHomeGateway implements GatewayPlane {

    private final KernelDataPlane plane;
    private final Proxies proxies;
    private final SitePrefix proxyPrefix;

    private KernelHomeGateway(KernelDataPlane plane, SitePrefix proxyPrefix) {
        this.plane = plane;
        this.proxies = new KernelProxies(plane.kernel(), plane::release);
        this.proxyPrefix = proxyPrefix;
    }

    /**
     * What a home gateway is told.
     *
     * @param hoa its own, a name rather than an address for traffic: with it routers' errors are passed to correspondents
     * @param homeSpace the prefix of all HoAs
     * @param proxyPrefix from which correspondents get their proxy addresses; no link has it
     * @param address its address on the interface: with it routers' errors are passed to mobile nodes
     * @param interfaceName leads to the mobile nodes; correspondents may be behind any
     */
    public record Settings(HomeAddress hoa, String homeSpace, SitePrefix proxyPrefix, MobileAddress address,
            String interfaceName) {
        public Settings {
            if (proxyPrefix.contains(address)) {
                throw new IllegalArgumentException("the gateway's own address " + address
                        + " must not lie in the proxy prefix " + proxyPrefix + ", all of which is for correspondents");
            }
            if (proxyPrefix.contains(new MobileAddress(hoa.address()))) {
                throw new IllegalArgumentException(
                        "the proxy prefix " + proxyPrefix + " must not lie in the HoA space " + homeSpace);
            }
        }
    }

    /**
     * Puts everything in place, or adopts what a former process pinned.
     *
     * @param pinFolder as in {@link KernelDataPlane#install}
     * @throws ShimException when something is missing; the message says what to install, mount or remove
     */
    public static KernelHomeGateway install(Settings settings, Optional<Path> pinFolder) {
        KernelDataPlane plane = KernelDataPlane.install(settings.hoa(), settings.homeSpace(), pinFolder,
                Role.HOME_GATEWAY);
        try {
            ByteBuffer value = BpfMap.buffer(Abi.GATEWAY_BYTES)
                    .put(Abi.GATEWAY_PROXY_PREFIX, settings.proxyPrefix().network().getLower().getBytes())
                    .put(Abi.GATEWAY_ADDRESS, settings.address().bytes())
                    .putInt(Abi.GATEWAY_INTERFACE_INDEX, Libc.interfaceIndex(settings.interfaceName()));
            plane.kernel().map(Abi.MAP_GATEWAY, Abi.GATEWAY_BYTES).put(BpfMap.key(0), value);
            // Packets for proxy addresses never wander back to where they came from, even without the program.
            IpCommand.run(List.of("route replace " + unreachable(settings.proxyPrefix())));
            plane.attach(settings.interfaceName());
            return new KernelHomeGateway(plane, settings.proxyPrefix());
        } catch (ShimException e) {
            plane.close();
            throw e;
        }
    }

    /** What this kernel cannot do, though the data plane works without it, in sentences for the log. */
    public List<String> notices() {
        return plane.notices();
    }

    @Override
    public Proxies proxies() {
        return proxies;
    }

    @Override
    public void putPeer(HomeAddress hoa, MobileAddress active, Optional<MobileAddress> staged,
            Optional<MobileAddress> retired, Epoch epoch) {
        plane.putPeer(hoa, active, staged, retired, epoch);
    }

    @Override
    public void removePeer(HomeAddress hoa) {
        plane.removePeer(hoa);
    }

    @Override
    public List<KnownPeer> peers() {
        return plane.peers();
    }

    @Override
    public Optional<ShimEvent.OfGateway> nextEvent(Duration atMost) {
        return plane.nextEvent(ShimEvent.OfGateway.class, atMost);
    }

    @Override
    public Map<Counter, Long> counters() {
        return plane.counters();
    }

    @Override
    public void close() {
        plane.close();
    }

    /** Takes everything away again. */
    public void uninstall() {
        IpCommand.run(List.of("route delete " + unreachable(proxyPrefix)));
        plane.uninstall();
    }

    private static String unreachable(SitePrefix prefix) {
        return "unreachable " + prefix + " dev lo proto " + KernelDataPlane.ROUTE_PROTOCOL;
    }
}
