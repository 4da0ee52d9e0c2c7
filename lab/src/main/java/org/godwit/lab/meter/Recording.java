package org.godwit.lab.meter;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.godwit.lab.meter.Arrivals.Slice;
import org.godwit.lab.meter.Arrivals.Slice.Gap;
import org.godwit.lab.meter.Arrivals.Window;
import org.godwit.lab.meter.Measurement.Edges;
import org.godwit.lab.meter.Measurement.Timeline;
import org.godwit.protocol.rest.Resources.Directions;
import org.godwit.protocol.rest.Resources.Tcp;

/** Everything that the meter has seen so far, and what it means. Filled by several threads, one for each kind of traffic. */
final class Recording {

    /** Columns of the timeline. */
    static final int COLUMNS = 64;

    /** Of a column of the close-up. */
    private static final long CLOSE_UP_COLUMN_NS = 5_000_000;

    private final Arrivals inbound = new Arrivals();
    private final Arrivals echoes = new Arrivals();
    /** The VM's count of distinct probes at the time of each echo; the arrival's number is the count, the time as above. */
    private final Arrivals receivedByVm = new Arrivals();
    /** When the probe of each echo had been sent; the arrival's number is that time. */
    private final Arrivals sendingTimes = new Arrivals();
    private final Arrivals tcpEchoes = new Arrivals();
    private final Arrivals pingReplies = new Arrivals();
    private final Arrivals pingRequests = new Arrivals();
    private volatile boolean tcpAlive = true;

    void inbound(long nowNs, Probe.Inbound probe) {
        inbound.add(nowNs, probe.seq());
    }

    void echo(long nowNs, Probe.Echo echo) {
        echoes.add(nowNs, echo.seq());
        receivedByVm.add(nowNs, echo.received());
        sendingTimes.add(nowNs, echo.sentNs());
    }

    void tcpEcho(long nowNs, long record) {
        tcpEchoes.add(nowNs, record);
    }

    void tcpBroken() {
        tcpAlive = false;
    }

    void pingReply(long nowNs, long seq) {
        pingReplies.add(nowNs, seq);
    }

    void pingRequest(long nowNs, long seq) {
        pingRequests.add(nowNs, seq);
    }

    /** What has not been seen since a moment. When there is nothing of it, a gap means something, or has ended. */
    List<String> silentSince(long sinceNs) {
        return silent(Stream.concat(Stream.of(new Kind("probes", inbound), new Kind("echoes", echoes)), sessions()),
                sinceNs);
    }

    /** As {@link #silentSince}, of what there is without probes. */
    List<String> silentSessionsSince(long sinceNs) {
        return silent(sessions(), sinceNs);
    }

    private record Kind(String name, Arrivals arrivals) {}

    /** A connection that is broken will never be heard again. */
    private Stream<Kind> sessions() {
        Stream<Kind> pings = Stream.of(new Kind("pings", pingReplies));
        return tcpAlive ? Stream.concat(Stream.of(new Kind("TCP", tcpEchoes)), pings) : pings;
    }

    private static List<String> silent(Stream<Kind> kinds, long sinceNs) {
        return kinds.filter(kind -> !kind.arrivals().hasSince(sinceNs)).map(Kind::name).toList();
    }

    Sessions measureSessions(String name, Window window) {
        return new Sessions(name, tcp(window), ping(window));
    }

    /**
     * @param originNs what the window's start is told relative to
     * @param epochNs when the meter's clock showed zero, in ns since 1970
     */
    Measurement measure(String name, Window window, long originNs, long epochNs) {
        Slice in = inbound.within(window);
        Slice out = echoes.within(window);
        Slice requests = pingRequests.within(window);
        return new Measurement(name, (window.startNs() - originNs) / 1e6, (window.endNs() - window.startNs()) / 1e6,
                new Directions(in.longestGapMs(window), out.longestGapMs(window)),
                new Directions(in.holes(), lostOnTheWayToTheVm(window)),
                new Directions(in.duplicates(), out.duplicates()),
                tcp(window), ping(window),
                requests.isEmpty() ? null : requests.longestGapMs(window),
                timeline(window, window), in.isEmpty() ? null : timeline(around(in.longestGapMiddleNs()), window),
                edges(in, out, window, epochNs));
    }

    private Tcp tcp(Window window) {
        Slice echoes = tcpEchoes.within(window);
        return new Tcp(tcpAlive && !echoes.isEmpty(), echoes.longestGapMs(window));
    }

    private Measurement.Ping ping(Window window) {
        Slice replies = pingReplies.within(window);
        return new Measurement.Ping(replies.holes() + replies.distinct(), replies.holes(),
                replies.longestGapMs(window));
    }

    private Edges edges(Slice in, Slice out, Window window, long epochNs) {
        Gap fromVm = in.longestGap();
        Gap fromPeer = out.longestGap();
        if (fromVm == null || fromPeer == null) {
            return null;
        }
        long sentNs = sendingTimes.within(window).numberAt(fromPeer.endNs());
        return new Edges(micros(window.startNs(), epochNs), micros(fromVm.startNs(), epochNs),
                micros(fromVm.endNs(), epochNs),
                micros(fromPeer.startNs(), epochNs), micros(sentNs, epochNs), micros(fromPeer.endNs(), epochNs));
    }

    private static long micros(long ns, long epochNs) {
        return (epochNs + ns) / 1000;
    }

    /**
     * Between the first and the last echo of the window the correspondent sent so many probes, and the VM's own count grew by
     * so many. What is missing never reached the VM; an echo that was lost on its way back does not count.
     */
    private long lostOnTheWayToTheVm(Window window) {
        return Math.max(0, echoes.within(window).advance() - receivedByVm.within(window).advance());
    }

    private Timeline timeline(Window part, Window whole) {
        return new Timeline((part.startNs() - whole.startNs()) / 1e6,
                (part.endNs() - part.startNs()) / 1e6 / COLUMNS, strip(inbound, part), strip(echoes, part));
    }

    private static Window around(long middleNs) {
        long halfNs = COLUMNS * CLOSE_UP_COLUMN_NS / 2;
        return new Window(middleNs - halfNs, middleNs + halfNs);
    }

    private static List<Integer> strip(Arrivals arrivals, Window window) {
        return Arrays.stream(arrivals.within(window).histogram(window, COLUMNS)).boxed().toList();
    }
}
