package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.godwit.guest.Reports.Format;
import org.godwit.shim.Counter;
import org.godwit.shim.KernelProbe;
import org.godwit.shim.KernelProbe.Finding;
import org.junit.jupiter.api.Test;

class ReportsTest {

    private static final KernelProbe PROBE = new KernelProbe("6.1", List.of(new Finding("programs", true,
            Optional.empty()), new Finding("matif", true, Optional.of("load the module dummy")),
            new Finding("pin_folder", false, Optional.of("mount \"one\"\nsomewhere"))));

    private static Map<Counter, Long> counters() {
        Map<Counter, Long> counters = new EnumMap<>(Counter.class);
        counters.put(Counter.FLIP, 3L);
        counters.put(Counter.DROP_HEADERS, 0L);
        return counters;
    }

    @Test
    void countersForPeople() {
        assertThat(Reports.counters(counters(), Format.TABLE)).isEqualTo("""
                flip                               3  Flips of the output by a sign of landing.
                drop_headers                       0  %s
                """.formatted(Counter.DROP_HEADERS.meaning()));
    }

    @Test
    void countersForPrograms() {
        assertThat(Reports.counters(counters(), Format.JSON)).isEqualTo("{\"flip\":3,\"drop_headers\":0}\n");
    }

    @Test
    void countersForPrometheus() {
        assertThat(Reports.counters(counters(), Format.PROMETHEUS)).isEqualTo("""
                # HELP godwit_shim_flip_total Flips of the output by a sign of landing.
                # TYPE godwit_shim_flip_total counter
                godwit_shim_flip_total 3
                # HELP godwit_shim_drop_headers_total %s
                # TYPE godwit_shim_drop_headers_total counter
                godwit_shim_drop_headers_total 0
                """.formatted(Counter.DROP_HEADERS.meaning()));
    }

    @Test
    void meaningsNeedNoQuotingAnywhere() {
        assertThat(Counter.values()).allSatisfy(
                counter -> assertThat(counter.meaning()).endsWith(".").doesNotContain("\n", "\\", "|"));
    }

    @Test
    void aProbeForPeople() {
        assertThat(Reports.probe(PROBE, Format.TABLE)).isEqualTo("""
                this kernel (6.1) cannot run the shim: matif: load the module dummy
                  found    programs
                  MISSING  matif
                           load the module dummy
                  absent   pin_folder
                           mount "one"
                           somewhere
                """);
    }

    @Test
    void aProbeForPrograms() {
        assertThat(Reports.probe(PROBE, Format.JSON)).isEqualTo("{\"able\":false,\"kernel\":\"6.1\","
                + "\"answer\":\"this kernel (6.1) cannot run the shim: matif: load the module dummy\",\"features\":["
                + "{\"feature\":\"programs\",\"required\":true,\"found\":true},"
                + "{\"feature\":\"matif\",\"required\":true,\"found\":false,\"lack\":\"load the module dummy\"},"
                + "{\"feature\":\"pin_folder\",\"required\":false,\"found\":false,\"lack\":\"mount \\\"one\\\"\\u000asomewhere\"}]}\n");
    }
}
