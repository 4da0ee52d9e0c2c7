package org.godwit.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.meter.Measurement.Ping;
import org.godwit.lab.meter.Measurement.Timeline;
import org.godwit.lab.meter.Sessions;
import org.godwit.protocol.rest.Resources.Directions;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Option;
import org.godwit.protocol.rest.Resources.Outage;
import org.godwit.protocol.rest.Resources.Phase;
import org.godwit.protocol.rest.Resources.Range;
import org.godwit.protocol.rest.Resources.Tcp;
import org.godwit.protocol.rest.RestJson;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class FlightReportTest {

    @Test
    void twoFlightsStandSideBySideWithTheirTimelines() {
        Golden.assertMatches("report/there-and-back.txt",
                FlightReport
                        .render(List.of(flight("host-a", "host-b", 51.5, 83.8, true), flight("host-b", "host-a", 49.5,
                                77.1, true))));
    }

    @Test
    void manyFlightsAreToldByTheirMedians() {
        Golden.assertMatches("report/medians.txt", FlightReport.render(List.of(
                flight("host-a", "host-b", 51.5, 83.8, true), flight("host-b", "host-a", 49.5, 77.1, true),
                flight("host-a", "host-b", 60.0, 90.2, true), flight("host-b", "host-a", null, 400.0, true))));
    }

    @Test
    void whatIsUnknownOrBrokenSaysSo() {
        Golden.assertMatches("report/broken.txt",
                FlightReport.render(List.of(flight("host-a", "host-b", null, 5000, false))));
    }

    @Test
    void aPlainCorrespondentHasLinesOfItsOwn() {
        List<Flight> flights = new ArrayList<>(List.of(flight("host-a", "host-b", 51.5, 83.8, true)));
        flights.replaceAll(it -> new Flight(it.migration(), it.measurement(), it.forecast(), it.told(),
                Optional.of(new Sessions("flight", new Tcp(true, 210.4), new Ping(300, 4, 101.2)))));

        assertThat(FlightReport.render(flights)).contains("plain node: TCP connection                   survived",
                "plain node: TCP longest stall                210.4 ms",
                "plain node: ping6 longest gap                101.2 ms",
                "plain node: ping6 replies lost                      4");
    }

    @Test
    void theReportForProgramsHoldsWhatTheMeterSaw() throws JsonProcessingException {
        String json = RestJson.strict().writerWithDefaultPrettyPrinter()
                .writeValueAsString(flight("host-a", "host-b", 51.5, 83.8, true).measured());

        Golden.assertMatches("report/migration.json", json + "\n");
        assertThat(RestJson.strict().readValue(json, Migration.class).outageMs().vmToPeer()).isEqualTo(83.8);
    }

    private static Flight flight(String source, String target, Double downtimeMs, double outageMs, boolean whole) {
        List<Phase> phases = List.of(new Phase("CHECKED", 0, 40.0), new Phase("GATEWAY_STAGED", 40, 260.0),
                new Phase("ADDRESS_STAGED", 300, 900.0), new Phase("COPYING", 1200, 2400.0),
                new Phase("SWITCHOVER", 3600, 120.0), new Phase("REBINDING", 3720, whole ? 80.0 : null));
        Migration migration = new Migration("01f0", "vm1", source, target, "pre-copy", 3, whole ? "SETTLED" : "INQUIRY",
                whole ? "completed" : "uncertain", null, null, null, "2026-11-21T10:00:00Z", downtimeMs, null, null,
                null,
                whole ? 3800.0 : null, phases, List.of());
        return new Flight(migration,
                new Measurement("flight", 1000, 6400, new Directions(outageMs, outageMs + 3), new Directions(0, 11),
                        new Directions(4, 0), new Tcp(whole, outageMs + 130), new Ping(32, 1, 400),
                        whole ? 215.0 : null, new Timeline(0, 100, arrivals(40), arrivals(41)),
                        whole ? new Timeline(4000, 4, arrivals(10), arrivals(20)) : null, null),
                whole
                        ? Optional
                                .of(new Option("pre-copy", null, new Range(2000, 2300, null), new Range(40, 50.5, 70.0),
                                        new Range(119, 169.5, 249.0), null, null, List.of()))
                        : Optional.empty(),
                whole ? Optional.of(new Outage(outageMs + 9, null)) : Optional.empty(), Optional.empty());
    }

    /** Twenty in each column, except for an outage with a burst after it. */
    private static List<Integer> arrivals(int outageAt) {
        List<Integer> columns = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            columns.add(i == outageAt ? 0 : i == outageAt + 1 ? 7 : i == outageAt + 2 ? 33 : 20);
        }
        return columns;
    }
}
