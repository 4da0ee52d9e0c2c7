package org.godwit.lab.report;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.godwit.cli.Waterfall;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.meter.Measurement.Timeline;
import org.godwit.lab.meter.Sessions;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Option;
import org.godwit.protocol.rest.Resources.Outage;
import org.godwit.protocol.rest.Resources.Range;
import org.godwit.protocol.rest.Resources.Tcp;

/** Flights side by side, then where the time of each went. ASCII. */
public final class FlightReport {

    private static final String UNKNOWN = "-";
    /** A column is full when so much of the usual number has arrived. */
    private static final double FULL = 0.75;

    private FlightReport() {}

    /** More than so many flights are told by their medians. */
    private static final int SIDE_BY_SIDE_MAX = 3;

    private record Metric(String label, String unit, Function<Flight, Double> value) {}

    private static final List<Metric> METRICS = List.of(
            new Metric("VM downtime (vCPUs stopped)", "%.1f ms", f -> f.migration().vmDowntimeMs()),
            new Metric("  forecast", "%.1f ms", f -> forecast(f, Option::vmDowntimeMs)),
            new Metric("network outage, VM to peer", "%.1f ms", f -> f.measurement().outageMs().vmToPeer()),
            new Metric("  forecast (T_DW)", "%.1f ms", f -> forecast(f, Option::outageMs)),
            new Metric("  says the VM", "%.1f ms", f -> f.told().map(Outage::vmToPeer).orElse(null)),
            new Metric("network outage, peer to VM", "%.1f ms", f -> f.measurement().outageMs().peerToVm()),
            new Metric("  says the VM", "%.1f ms", f -> f.told().map(Outage::peerToVm).orElse(null)),
            new Metric("beyond downtime, VM to peer", "%.1f ms",
                    f -> beyondDowntime(f, f.measurement().outageMs().vmToPeer())),
            new Metric("beyond downtime, peer to VM", "%.1f ms",
                    f -> beyondDowntime(f, f.measurement().outageMs().peerToVm())),
            new Metric("UDP probes lost, VM to peer", "%.0f", f -> f.measurement().lost().vmToPeer()),
            new Metric("UDP probes lost, peer to VM", "%.0f", f -> f.measurement().lost().peerToVm()),
            new Metric("UDP probes twice, VM to peer", "%.0f", f -> f.measurement().duplicates().vmToPeer()),
            new Metric("TCP longest stall", "%.1f ms", f -> f.measurement().tcp().stallMs()),
            new Metric("ping6 -i 0.2, replies lost", "%.0f", f -> (double) f.measurement().ping().lost()),
            new Metric("T_DW by the paper's 0.2 s probe", "%.1f ms", f -> f.measurement().pingRequestGapMs()),
            new Metric("T_ALL (request to settled)", "%.1f ms", f -> f.migration().tAllMs()),
            new Metric("  forecast (T_ALL)", "%.1f ms", f -> forecast(f, Option::tAllMs)));

    private static final List<Metric> PLAIN_METRICS = List.of(
            new Metric("plain node: TCP longest stall", "%.1f ms", f -> plain(f, it -> it.tcp().stallMs())),
            new Metric("plain node: ping6 longest gap", "%.1f ms", f -> plain(f, it -> it.ping().longestGapMs())),
            new Metric("plain node: ping6 replies lost", "%.0f", f -> plain(f, it -> (double) it.ping().lost())));

    /** @return lines that end in a line feed */
    public static String render(List<Flight> flights) {
        StringBuilder text = new StringBuilder();
        if (flights.size() <= SIDE_BY_SIDE_MAX) {
            sideBySide(text, flights);
            flights.forEach(flight -> detail(text, flight));
        } else {
            medians(text, flights);
            flights.subList(flights.size() - 2, flights.size()).forEach(flight -> detail(text, flight));
        }
        return text.toString();
    }

    private static void sideBySide(StringBuilder text, List<Flight> flights) {
        row(text, "", flights.stream().map(f -> f.migration().source() + " -> " + f.migration().target()));
        row(text, "outcome", flights.stream().map(f -> f.migration().outcome()));
        row(text, "TCP connection", flights.stream().map(f -> connection(f.measurement().tcp())));
        if (hasPlain(flights)) {
            row(text, "plain node: TCP connection",
                    flights.stream().map(f -> connection(f.plain().map(Sessions::tcp).orElse(null))));
        }
        metrics(flights).forEach(metric -> row(text, metric.label(),
                flights.stream().map(f -> number(metric.unit(), metric.value().apply(f)))));
    }

    private static void medians(StringBuilder text, List<Flight> flights) {
        row(text, flights.size() + " flights", Stream.of("median", "lowest", "highest"));
        for (Metric metric : metrics(flights)) {
            List<Double> sorted = flights.stream().map(metric.value()).filter(Objects::nonNull).sorted().toList();
            row(text, metric.label(), sorted.isEmpty()
                    ? Stream.of(UNKNOWN)
                    : Stream.of(median(sorted), sorted.getFirst(), sorted.getLast())
                            .map(value -> number(metric.unit(), value)));
        }
        row(text, "TCP connection", Stream.of(
                flights.stream().allMatch(f -> f.measurement().tcp().survived()) ? "survived all" : "BROKEN"));
        if (hasPlain(flights)) {
            row(text, "plain node: TCP connection", Stream.of(flights.stream().map(Flight::plain)
                    .flatMap(Optional::stream).allMatch(it -> it.tcp().survived()) ? "survived all" : "BROKEN"));
        }
    }

    private static Double beyondDowntime(Flight flight, double outageMs) {
        Double downtimeMs = flight.migration().vmDowntimeMs();
        return downtimeMs == null ? null : Double.valueOf(outageMs - downtimeMs);
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static boolean hasPlain(List<Flight> flights) {
        return flights.stream().anyMatch(flight -> flight.plain().isPresent());
    }

    private static List<Metric> metrics(List<Flight> flights) {
        return hasPlain(flights) ? Stream.concat(METRICS.stream(), PLAIN_METRICS.stream()).toList() : METRICS;
    }

    private static Double forecast(Flight flight, Function<Option, Range> figure) {
        return flight.forecast().map(figure).map(Range::likely).orElse(null);
    }

    private static Double plain(Flight flight, Function<Sessions, Double> value) {
        return flight.plain().map(value).orElse(null);
    }

    private static String connection(Tcp tcp) {
        return tcp == null ? UNKNOWN : tcp.survived() ? "survived" : "BROKEN";
    }

    private static void detail(StringBuilder text, Flight flight) {
        Migration migration = flight.migration();
        Measurement seen = flight.measurement();
        text.append('\n').append(migration.source()).append(" -> ").append(migration.target())
                .append(": where the time went\n").append(Waterfall.render(migration.phases())).append('\n');
        strips(text, "UDP probes that arrived ('#' all, '+' some, '.' none)", seen.timeline());
        if (seen.closeUp() != null) {
            strips(text, "the longest outage, closer", seen.closeUp());
        }
    }

    private static void strips(StringBuilder text, String title, Timeline timeline) {
        text.append(String.format(Locale.ROOT, "  %s, %.0f ms a column, from %.0f ms on%n", title, timeline.columnMs(),
                timeline.startMs()));
        strip(text, "VM to peer", timeline.vmToPeer());
        strip(text, "peer to VM", timeline.peerToVm());
    }

    private static void strip(StringBuilder text, String label, List<Integer> columns) {
        // What is usual is the median: an outage is short, and after it what was held back comes in a burst.
        int usual = columns.stream().sorted().toList().get(columns.size() / 2);
        text.append(String.format(Locale.ROOT, "  %-10s ", label));
        for (int arrived : columns) {
            text.append(arrived == 0 ? '.' : arrived < FULL * usual ? '+' : '#');
        }
        text.append('\n');
    }

    private static void row(StringBuilder text, String label, Stream<String> cells) {
        text.append(String.format(Locale.ROOT, "%-32s", label));
        cells.forEach(cell -> text.append(String.format(Locale.ROOT, " %20s", cell)));
        text.append('\n');
    }

    private static String number(String unit, Double value) {
        return value == null ? UNKNOWN : String.format(Locale.ROOT, unit, value);
    }
}
