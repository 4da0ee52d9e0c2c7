package org.godwit.operation.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {

    private static final LoggerContext CONTEXT = new LoggerContext();

    private final LogLines lines = new LogLines();

    @Test
    void aLineForPeopleIsOneLine() {
        assertThat(lines.line(event("agent of\n{}", "a\u001b[2J", new KeyValuePair("host", "a-1"),
                new KeyValuePair("phase", new Change("COPYING", "SWITCHOVER")),
                new KeyValuePair("reason", "it said \"no\"\nERROR forged=yes"))))
                .isEqualTo("2026-11-21T18:22:14.294Z INFO  Runner - agent of a [2J host=a-1 phase=COPYING→SWITCHOVER"
                        + " reason=\"it said 'no' ERROR forged=yes\"\n");
    }

    @Test
    void aLineForProgramsHasMembersWhereTheOtherHasPairs() {
        lines.setFormat(LogFormat.JSON);
        LoggingEvent event = event("", null, new KeyValuePair("phase", new Change("COPYING", "SWITCHOVER")),
                new KeyValuePair("elapsed_ms", 12L), new KeyValuePair("reason", "it said \"no\"\n\\ \u0007"));
        event.setMDCPropertyMap(Map.of("migration", "4711"));
        assertThat(lines.line(event)).isEqualTo("{\"at\":\"2026-11-21T18:22:14.294Z\",\"level\":\"INFO\","
                + "\"logger\":\"Runner\",\"migration\":\"4711\",\"phase_before\":\"COPYING\",\"phase\":\"SWITCHOVER\","
                + "\"elapsed_ms\":12,\"reason\":\"it said \\\"no\\\"\\n\\\\ \\u0007\"}\n");
    }

    @Test
    void aFailureComesWithItsTraceInItsOneLine() {
        lines.setFormat(LogFormat.JSON);
        LoggingEvent event = new LoggingEvent("", CONTEXT.getLogger("x"), Level.ERROR, "failed",
                new IllegalStateException("why"), null);
        event.setMDCPropertyMap(Map.of());
        assertThat(lines.line(event)).contains("\"trace\":\"java.lang.IllegalStateException: why\\n").hasLineCount(1);
    }

    private static LoggingEvent event(String message, Object argument, KeyValuePair... pairs) {
        LoggingEvent event = new LoggingEvent("", CONTEXT.getLogger("org.godwit.Runner"), Level.INFO, message, null,
                new Object[]{argument });
        event.setInstant(Instant.parse("2026-11-21T18:22:14.294Z"));
        for (KeyValuePair pair : pairs) {
            event.addKeyValuePair(pair);
        }
        return event;
    }
}
