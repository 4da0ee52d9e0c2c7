package org.godwit.guest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.godwit.guest.KernelTables.DefaultRoute;
import org.godwit.guest.KernelTables.InterfaceAddress;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.guest.RefusalCode;
import org.godwit.shim.KernelDataPlane;

/** The interfaces of this network namespace: read from {@code /proc} and {@code /sys}, changed by sysctls and {@code ip}. */
final class KernelInterfaces implements Interfaces {

    /** The shim's device; it carries the HoA and is nobody's uplink. */
    static final String MATIF = "matif";

    /** What the kernel gives a default route by itself. */
    private static final int METRIC = 1024;

    /** A staged default route stands this far behind the active one. */
    private static final int METRIC_STEP = 64;

    /** Linux's ARPHRD_ETHER. */
    private static final String ETHERNET = "1";

    private static final long POLL_NANOS = 10_000_000;

    private final IpCommand ip;
    private final LongSupplier nanoClock;
    private final Semaphore changes = new Semaphore(0);
    private final AtomicBoolean isWatching = new AtomicBoolean();

    KernelInterfaces(IpCommand ip, LongSupplier nanoClock) {
        this.ip = ip;
        this.nanoClock = nanoClock;
    }

    @Override
    public List<Nic> nics() {
        List<Nic> nics = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of("/sys/class/net"))) {
            for (Path folder : folders) {
                String name = folder.getFileName().toString();
                if (!name.equals(MATIF) && Files.isDirectory(folder) && !Files.exists(folder.resolve("bridge"))
                // What is a port of a bridge has no addresses of its own.
                        && !Files.exists(folder.resolve("brport"))
                        && read(folder.resolve("type")).equals(ETHERNET)) {
                    nics.add(new Nic(name, Integer.parseInt(read(folder.resolve("ifindex"))),
                            MacAddress.of(read(folder.resolve("address")))));
                }
            }
        } catch (IOException e) {
            throw new InterfacesException("cannot list the interfaces: " + e, e);
        }
        nics.sort((a, b) -> Integer.compare(a.index(), b.index()));
        return nics;
    }

    @Override
    public Optional<Uplink> uplink(SitePrefix hoaSpace, Duration atMost) {
        List<Nic> nics = nics();
        Optional<Uplink> up = uplinkNow(nics, hoaSpace);
        if (up.isPresent() || nics.isEmpty()) {
            return up;
        }
        List<String> steps = new ArrayList<>();
        for (Nic nic : nics) {
            listen(nic, METRIC);
            steps.add("link set dev " + nic.name() + " down");
            steps.add("link set dev " + nic.name() + " up");
        }
        ip.run(steps);
        long deadline = nanoClock.getAsLong() + atMost.toNanos();
        while (up.isEmpty() && nanoClock.getAsLong() - deadline < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            up = uplinkNow(nics, hoaSpace);
        }
        steps.clear();
        for (Nic nic : nics) {
            if (up.isEmpty() || !up.get().nic().equals(nic)) {
                steps.add("link set dev " + nic.name() + " down");
            }
        }
        if (!steps.isEmpty()) {
            ip.run(steps);
        }
        return up;
    }

    private static Optional<Uplink> uplinkNow(List<Nic> nics, SitePrefix hoaSpace) {
        Uplink best = null;
        long metricMin = Long.MAX_VALUE;
        List<InterfaceAddress> addresses = addresses();
        for (DefaultRoute route : defaultRoutes()) {
            for (InterfaceAddress address : addresses) {
                Optional<MobileAddress> moa = address.mobile(hoaSpace);
                if (route.metric() < metricMin && address.name().equals(route.name()) && moa.isPresent()
                        && address.prefixLength() == 64) {
                    for (Nic nic : nics) {
                        if (nic.name().equals(route.name())) {
                            best = new Uplink(nic, moa.get(), SitePrefix.of(moa.get() + "/64"), route.router());
                            metricMin = route.metric();
                        }
                    }
                }
            }
        }
        return Optional.ofNullable(best);
    }

    @Override
    public Optional<MobileAddress> address(String name, SitePrefix hoaSpace, Duration atMost) {
        long deadline = nanoClock.getAsLong() + atMost.toNanos();
        while (true) {
            for (InterfaceAddress address : addresses()) {
                if (address.name().equals(name) && address.mobile(hoaSpace).isPresent()) {
                    return address.mobile(hoaSpace);
                }
            }
            if (nanoClock.getAsLong() - deadline >= 0) {
                return Optional.empty();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public List<Reached> reached(List<String> names, SitePrefix hoaSpace) {
        List<Nic> nics = nics();
        List<InterfaceAddress> addresses = addresses();
        List<Reached> reached = new ArrayList<>();
        for (String name : names) {
            Nic nic = named(nics, name);
            for (InterfaceAddress address : addresses) {
                if (address.name().equals(name) && address.mobile(hoaSpace).isPresent()) {
                    reached.add(new Reached(nic, address.mobile(hoaSpace).get()));
                }
            }
        }
        return reached;
    }

    private static Nic named(List<Nic> nics, String name) {
        for (Nic nic : nics) {
            if (nic.name().equals(name)) {
                return nic;
            }
        }
        throw new InterfacesException(name + " is no Ethernet interface");
    }

    @Override
    public void awaitChange(Duration atMost) throws InterruptedException {
        if (isWatching.compareAndSet(false, true)) {
            ip.watchAddresses(changes::release, () -> isWatching.set(false));
        }
        if (changes.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            changes.drainPermits();
        }
    }

    @Override
    public void routeFrom(Uplink uplink) {
        ip.run(List.of(routeFrom(uplink.prefix(), uplink.router(), uplink.nic())));
    }

    private static String routeFrom(SitePrefix prefix, LinkLocalAddress router, Nic nic) {
        return "route replace default from " + prefix + " via " + router + " dev " + nic.name()
                + " proto " + KernelDataPlane.ROUTE_PROTOCOL + " metric 256";
    }

    @Override
    public Formed stage(Nic nic, Gateway gateway, Duration atMost) throws Refusal {
        listen(nic, (int) (metricMaxExcept(nic) + METRIC_STEP));
        ip.run(List.of("link set dev " + nic.name() + " down", "link set dev " + nic.name() + " up",
                neighbour(nic, gateway, "permanent"), routeFrom(gateway.prefix(), gateway.linkLocal(), nic)));
        long deadline = nanoClock.getAsLong() + atMost.toNanos();
        Optional<Formed> formed = formed(nic, gateway.prefix());
        while (formed.isEmpty() && nanoClock.getAsLong() - deadline < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            formed = formed(nic, gateway.prefix());
        }
        if (formed.isEmpty()) {
            throw new Refusal(RefusalCode.NO_ROUTER_ADVERTISEMENT, nic.name() + " formed no address under "
                    + gateway.prefix() + " within " + atMost.toMillis() + " ms; check radvd on its bridge");
        }
        checkRouter(nic, gateway);
        return formed.get();
    }

    private static Optional<Formed> formed(Nic nic, SitePrefix prefix) {
        MobileAddress moa = null;
        LinkLocalAddress linkLocal = null;
        for (InterfaceAddress address : addresses()) {
            if (!address.name().equals(nic.name()) || !address.usable()) {
                continue;
            }
            if (address.linkLocal()) {
                linkLocal = new LinkLocalAddress(address.address());
            } else if (address.global() && prefix.network().toPrefixBlock().contains(address.address())) {
                moa = new MobileAddress(address.address());
            }
        }
        return moa == null || linkLocal == null ? Optional.empty() : Optional.of(new Formed(moa, linkLocal));
    }

    /** The kernel reads an advertisement's router before its prefixes: where there is an address, there is the route. */
    private static void checkRouter(Nic nic, Gateway gateway) throws Refusal {
        List<LinkLocalAddress> routers = new ArrayList<>();
        for (DefaultRoute route : defaultRoutes()) {
            if (route.name().equals(nic.name())) {
                routers.add(route.router());
            }
        }
        if (!routers.equals(List.of(gateway.linkLocal()))) {
            throw new Refusal(RefusalCode.WRONG_ROUTER, "the default router on " + nic.name() + " must be "
                    + gateway.linkLocal() + ", advertised were " + routers);
        }
    }

    private static long metricMaxExcept(Nic nic) {
        long max = METRIC;
        for (DefaultRoute route : defaultRoutes()) {
            if (!route.name().equals(nic.name())) {
                max = Math.max(max, route.metric());
            }
        }
        return Math.min(max, Integer.MAX_VALUE - METRIC_STEP);
    }

    @Override
    public void settle(Nic nic, Gateway gateway) {
        // Takes effect with the next advertisement; until then the staged metric is harmless, being the only one.
        sysctl(nic, "ra_defrtr_metric", METRIC, false);
        ip.run(List.of(neighbour(nic, gateway, "stale")));
    }

    private static String neighbour(Nic nic, Gateway gateway, String state) {
        return "neigh replace " + gateway.linkLocal() + " lladdr " + gateway.mac() + " dev " + nic.name() + " nud "
                + state;
    }

    @Override
    public void release(Nic nic) {
        // Setting it down removes routes, learnt addresses and neighbours; an address given by hand might be kept.
        ip.run(List.of("addr flush dev " + nic.name() + " scope global", "link set dev " + nic.name() + " down"));
    }

    /** Stateless autoconfiguration at once: RFC 4862 with the modified EUI-64, no delay before the first solicitation. */
    private static void listen(Nic nic, int metric) {
        sysctl(nic, "disable_ipv6", 0, true);
        // On a node that forwards, such as one with containers, 1 would mean: do not listen.
        sysctl(nic, "accept_ra", 2, true);
        sysctl(nic, "accept_ra_defrtr", 1, true);
        sysctl(nic, "accept_ra_pinfo", 1, true);
        sysctl(nic, "autoconf", 1, true);
        sysctl(nic, "addr_gen_mode", 0, true);
        sysctl(nic, "use_tempaddr", 0, false);
        sysctl(nic, "accept_dad", 0, true);
        sysctl(nic, "dad_transmits", 0, true);
        sysctl(nic, "router_solicitation_delay", 0, true);
        sysctl(nic, "router_solicitation_interval", 1, true);
        // Since Linux 5.12. Before it two default routes are equal, and plain traffic may take the staged one.
        sysctl(nic, "ra_defrtr_metric", metric, false);
    }

    private static void sysctl(Nic nic, String key, int value, boolean required) {
        Path file = Path.of("/proc/sys/net/ipv6/conf", nic.name(), key);
        if (!required && !Files.exists(file)) {
            return;
        }
        try {
            Files.writeString(file, Integer.toString(value));
        } catch (IOException e) {
            throw new InterfacesException("cannot set " + file + " to " + value + ": " + e, e);
        }
    }

    private static List<InterfaceAddress> addresses() {
        return KernelTables.addresses(table("/proc/net/if_inet6"));
    }

    private static List<DefaultRoute> defaultRoutes() {
        return KernelTables.defaultRoutes(table("/proc/net/ipv6_route"));
    }

    private static String table(String file) {
        try {
            return read(Path.of(file));
        } catch (IOException e) {
            throw new InterfacesException("cannot read " + file + ": " + e, e);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }
}
