package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.godwit.lab.LabException;
import org.junit.jupiter.api.Test;

class ImsBenchmarkTest {

    @Test
    void whatTheGeneratorSaysIsRead() {
        UdpLoad.Answers answers = UdpLoad.read("sent=200 answered=150 seconds=2.000 p50_us=23 p99_us=2374\n");
        assertThat(answers).isEqualTo(new UdpLoad.Answers(200, 150, 2.0, 23, 2374));
        assertThat(answers.perSecond()).isEqualTo(75);
        assertThat(answers.lost()).isEqualTo(0.25);
        assertThatThrownBy(() -> UdpLoad.read("udpload: connect")).isInstanceOf(LabException.class);
    }

    @Test
    void serversStandBesideEachOther() {
        assertThat(ImsBenchmark.table(List.of(new ImsRun(1, "IMS, Map-Reply", 1000, 2000, 700, 10, 20, 0),
                new ImsRun(1, "Knot DNS, AAAA", 3000, 4000, 2100, 5, 6, 1e-6)))).startsWith("""
                        answers a second                        n     median     lowest    highest
                          IMS, Map-Reply                        1       1000       1000       1000
                          Knot DNS, AAAA                        1       3000       3000       3000
                        """);
    }

    @Test
    void startsAreToldByWhereTheDatabaseWas() {
        assertThat(ImsRestartBenchmark.table(List.of(new RestartRun(1, true, 5.5, 4, 300)))).isEqualTo("""
                seconds to the first answer     n     median     lowest    highest  processor s     MB
                  database on disk              1        5.5        5.5        5.5          4.0    300
                """);
    }
}
