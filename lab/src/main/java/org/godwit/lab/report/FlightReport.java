package org.godwit.lab.report;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.godwit.cli.Waterfall;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.meter.Measurement.Timeline;
import org.godwit.protocol.rest.Resources.Directions;
import org.godwit.protocol.rest.Resources.Migration;

/** Flights side by side, then where the time of each went. ASCII. */
public final class FlightReport {

    private static final String UNKNOWN = "-";
    /** A column is full when so much of the usual number has arrived. */
    private static final double FULL = 0.75;

    private FlightReport() {}

    /** @return lines that end in a line feed */
    public static String render(List<Flight> flights) {
        StringBuilder text = new StringBuilder();
        row(text, "", flights, f -> f.migration().source() + " -> " + f.migration().target());
        row(text, "outcome", flights, f -> f.migration().outcome());
        row(text, "VM downtime (vCPUs stopped)", flights, f -> ms(f.migration().vmDowntimeMs()));
        row(text, "network outage, VM to peer", flights, f -> ms(f.measurement().outageMs().vmToPeer()));
        row(text, "network outage, peer to VM", flights, f -> ms(f.measurement().outageMs().peerToVm()));
        row(text, "UDP probes lost, VM to peer", flights, f -> count(f.measurement().lost(), true));
        row(text, "UDP probes lost, peer to VM", flights, f -> count(f.measurement().lost(), false));
        row(text, "UDP probes twice, VM to peer", flights, f -> count(f.measurement().duplicates(), true));
        row(text, "TCP connection", flights, f -> f.measurement().tcp().survived() ? "survived" : "BROKEN");
        row(text, "TCP longest stall", flights, f -> ms(f.measurement().tcp().stallMs()));
        row(text, "ping6 -i 0.2, lost of sent", flights,
                f -> f.measurement().ping().lost() + " of " + f.measurement().ping().sent());
        row(text, "T_DW by the paper's 0.2 s probe", flights, f -> ms(f.measurement().pingRequestGapMs()));
        row(text, "T_ALL (request to settled)", flights, f -> ms(f.migration().tAllMs()));
        flights.forEach(flight -> detail(text, flight));
        return text.toString();
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

    private static void row(StringBuilder text, String label, List<Flight> flights, Function<Flight, String> cell) {
        text.append(String.format(Locale.ROOT, "%-32s", label));
        for (Flight flight : flights) {
            text.append(String.format(Locale.ROOT, " %20s", cell.apply(flight)));
        }
        text.append('\n');
    }

    private static String ms(Double ms) {
        return ms == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f ms", ms);
    }

    private static String count(Directions directions, boolean vmToPeer) {
        return String.format(Locale.ROOT, "%.0f", vmToPeer ? directions.vmToPeer() : directions.peerToVm());
    }
}
