package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
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
    void updatesAreToldByTheNumberOfSubscribers() {
        assertThat(ImsBenchmark.updateTable(List.of(new UpdateRun(100, 2_000, 3_500)))).isEqualTo("""
                ms until all subscribers have it        n     median        p99      known
                  100                                   1        2.0        2.0        3.5
                """);
    }

    @Test
    void honestOwnersUnderAttackStandBesideThoseAlone() {
        assertThat(ForgedBenchmark.table(List.of(new ForgedRun(1, "none", 100, 100, 4_000, 9_000, 0, 0),
                new ForgedRun(1, "from one /64", 100, 95, 5_000, 12_000, 9_000, 900),
                new ForgedRun(1, "from 256 /64s", 100, 50, 8_000, 600_000, 1_000, 100)))).isEqualTo(
                        """
                                honest registrations a second     n   median   lowest  highest   ratio   p50 ms   p99 ms       forged     replayed
                                  attack none                     1    100.0    100.0    100.0    1.00      4.0      9.0            0            0
                                  attack from one /64             1     95.0     95.0     95.0    0.95      5.0     12.0         9000          900
                                  attack from 256 /64s            1     50.0     50.0     50.0    0.50      8.0    600.0         1000          100
                                """);
    }

    @Test
    void theNoncesOfARecordAreReadBack() throws Exception {
        byte[] early = HonestOwners.registration(3, 7, HonestOwners.moa(3, 7), 3);
        byte[] late = HonestOwners.registration(3, 9, HonestOwners.moa(3, 9), 3);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        for (byte[] frame : List.of(late, early)) {
            record.write(0);
            record.write(frame.length);
            record.writeBytes(frame);
        }
        assertThat(HonestOwners.confirmedNonces(record.toByteArray())).isEqualTo(Map.of(ImsBindings.hoa(3), 9L));
    }

    @Test
    void startsAreToldByWhereTheDatabaseWas() {
        assertThat(ImsRestartBenchmark.table(List.of(new RestartRun(1, true, 5.5, 4, 300)))).isEqualTo("""
                seconds to the first answer     n     median     lowest    highest  processor s     MB
                  database on disk              1        5.5        5.5        5.5          4.0    300
                """);
    }
}
