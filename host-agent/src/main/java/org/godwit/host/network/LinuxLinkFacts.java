package org.godwit.host.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import inet.ipaddr.ipv6.IPv6Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.godwit.host.program.ProgramException;
import org.godwit.host.program.Programs;
import org.godwit.model.LinkLocalAddress;
import org.godwit.shim.ShimException;

/** Links of a Linux host, through ip, ping and rdisc6. */
public final class LinuxLinkFacts implements LinkFacts {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUTER_HEARD = 0;
    private static final int ROUTER_SILENT = 2;
    private static final long BYTES_PER_MEGABIT = 125_000;

    private final Programs programs;
    private final String reachableBridge;

    public LinuxLinkFacts(Programs programs, String reachableBridge) {
        this.programs = programs;
        this.reachableBridge = reachableBridge;
    }

    @Override
    public Bridge bridge() {
        Links links = links();
        Links.Link bridge = links.find(reachableBridge).filter(link -> link.kind().equals("bridge")).orElseThrow(
                () -> new HostNetworkException("there is no bridge " + reachableBridge));
        List<Links.Link> uplinks = links.uplinksOf(reachableBridge);
        int mtu = Stream.concat(Stream.of(bridge), uplinks.stream()).mapToInt(Links.Link::mtu).min().orElseThrow();
        long speed = uplinks.stream().flatMapToLong(uplink -> megabits(uplink.name())).min().orElse(0);
        return new Bridge(mtu, bridge.forwardDelayMs(), speed * BYTES_PER_MEGABIT);
    }

    /** A driver that does not know says -1, or fails the reading. */
    private static LongStream megabits(String link) {
        try {
            long speed = Long.parseLong(Files.readString(Path.of("/sys/class/net", link, "speed")).strip());
            return speed > 0 ? LongStream.of(speed) : LongStream.empty();
        } catch (IOException | NumberFormatException _) {
            return LongStream.empty();
        }
    }

    @Override
    public LinkFacts.MeasuredPath path(IPv6Address to) {
        try {
            String address = to.toCanonicalString();
            int mtu = mtuTowards(address);
            Echo echo = new Echo(programs);
            Echo.Answer large = echo.ofSize(mtu, address);
            boolean small = large.came() || echo.small(address).came();
            return new LinkFacts.MeasuredPath(to, mtu, small, large.came(), large.mtu().orElse(0));
        } catch (ProgramException e) {
            throw new HostNetworkException("the path to " + to.toCanonicalString() + " cannot be measured: "
                    + e.getMessage(), e);
        }
    }

    /** Of the link, not of the path: what the kernel has learned of that is to be found out anew. */
    private int mtuTowards(String address) {
        try {
            JsonNode route = JSON.readTree(programs.require("", "ip", "-6", "-j", "route", "get", address)).path(0);
            return links().find(route.path("dev").asText()).map(Links.Link::mtu).filter(mtu -> mtu > 0)
                    .orElseThrow(() -> new HostNetworkException("there is no way to " + address));
        } catch (JsonProcessingException e) {
            throw new HostNetworkException("ip did not print JSON: is iproute2 at least 5.0?", e);
        }
    }

    @Override
    public List<Router> routers(LinkLocalAddress expected, Duration patience) {
        try {
            List<Router> first = solicit(patience, "-1");
            return first.stream().anyMatch(router -> router.linkLocal().equals(expected))
                    ? first
                    : solicit(patience, "-m");
        } catch (ProgramException e) {
            throw new HostNetworkException("routers cannot be asked for: " + e.getMessage(), e);
        }
    }

    private List<Router> solicit(Duration patience, String how) {
        Programs.Ended ended = programs.run("", "rdisc6", how, "-n", "-r", "1", "-w",
                Long.toString(patience.toMillis()), reachableBridge);
        if (ended.exitCode() != ROUTER_HEARD && ended.exitCode() != ROUTER_SILENT) {
            throw new HostNetworkException("routers cannot be asked for on " + reachableBridge + " (rdisc6 exit code "
                    + ended.exitCode() + "): " + ended.output());
        }
        return Rdisc6.parse(ended.output());
    }

    @Override
    public synchronized List<EchoAnswer> echoes(FutureGuest guest) {
        try {
            return new FutureGuestProbe(programs, reachableBridge).echoes(guest, bridge().mtu());
        } catch (ProgramException | ShimException e) {
            throw new HostNetworkException("nobody can stand in for the VM on " + reachableBridge + ": "
                    + e.getMessage(), e);
        }
    }

    private Links links() {
        return Links.parse(programs.require("", "ip", "-d", "-j", "link", "show"));
    }
}
