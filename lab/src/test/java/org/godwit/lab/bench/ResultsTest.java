package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.godwit.protocol.rest.RestJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

    private static final Machine MACHINE = new Machine(Map.of("kernel", "Linux 6.1", "processors", "2 x Example"));

    @TempDir
    Path folder;

    record Run(int number, String what, Double lengthMs) {}

    @Test
    void everyRunIsOnDiskAtOnce() throws IOException {
        Results<Run> results = new Results<>(folder.resolve("new"), "outage", MACHINE, Map.of("runs", 2), Run.class);
        results.add(new Run(1, "first", 2.5));
        assertThat(folder.resolve("new/outage.csv")).hasContent("number,what,length_ms\n1,first,2.5\n");

        results.add(new Run(2, "second", null));

        assertThat(folder.resolve("new/outage.csv")).hasContent("number,what,length_ms\n1,first,2.5\n2,second,\n");
        JsonNode json = RestJson.strict().readTree(Files.readString(folder.resolve("new/outage.json")));
        assertThat(json.at("/machine/kernel").asText()).isEqualTo("Linux 6.1");
        assertThat(json.at("/options/runs").asInt()).isEqualTo(2);
        assertThat(json.at("/runs/0/length_ms").asDouble()).isEqualTo(2.5);
        assertThat(json.at("/runs").size()).isEqualTo(2);
    }

    @Test
    void aCellWithCommasOrQuotesIsQuoted() {
        Results<Run> results = new Results<>(folder, "outage", MACHINE, Map.of(), Run.class);
        results.add(new Run(1, "a, \"b\"", 1.0));
        assertThat(folder.resolve("outage.csv")).hasContent("number,what,length_ms\n1,\"a, \"\"b\"\"\",1.0\n");
    }
}
