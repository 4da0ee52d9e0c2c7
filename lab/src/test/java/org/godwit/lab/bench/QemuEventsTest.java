package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.godwit.lab.bench.QemuEvents.Event;
import org.junit.jupiter.api.Test;

class QemuEventsTest {

    @Test
    void eventsAreReadWithTheTimeAtWhichQemuSaidThem() {
        assertThat(QemuEvents.parse(List.of("event STOP at 1795264000.000123 for domain 'vm1': <null>",
                "event MIGRATION at 1795264000.050000 for domain 'vm1': {\"status\":\"pre-switchover\"}",
                "event NIC_RX_FILTER_CHANGED at 1795264000.060000 for domain 'vm1': {\"name\":\"net0\"}",
                "events received: 3", "")))
                .containsExactly(new Event("STOP", 1_795_264_000_000_123L),
                        new Event("MIGRATION/pre-switchover", 1_795_264_000_050_000L),
                        new Event("NIC_RX_FILTER_CHANGED", 1_795_264_000_060_000L));
    }
}
