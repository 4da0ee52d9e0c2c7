package org.godwit.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.godwit.lab.chaos.StoreChaos.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class StoreChaosTest {

    private static final int KILLS = 5;

    @TempDir
    Path folder;

    @Test
    @Timeout(300)
    void aServerThatIsKilledWhileItWritesHasKeptWhatItAcknowledged() {
        Report report = new StoreChaos(folder, 1, InstantSource.system()).run(KILLS, _ -> {});
        System.out.println(report);

        assertThat(report.lost()).isEmpty();
        assertThat(report.writes()).isPositive();
        assertThat(report.registrations()).isPositive();
    }

    @Test
    void whatIsLostIsTold() {
        Ledger ledger = new Ledger();
        ledger.begins("/v1/sites/kept");
        ledger.created("/v1/sites/kept", Map.of("name", "kept"));
        ledger.begins("/v1/sites/gone");
        ledger.created("/v1/sites/gone", Map.of());
        ledger.deleted("/v1/sites/gone");

        assertThat(ledger.compare("/v1/sites/kept", Optional.of(Map.of("name", "kept")))).isEmpty();
        assertThat(ledger.compare("/v1/sites/kept", Optional.empty())).hasValueSatisfying(
                loss -> assertThat(loss).contains("kept", "not there"));
        assertThat(ledger.compare("/v1/sites/kept", Optional.of(Map.of("name", "other")))).hasValueSatisfying(
                loss -> assertThat(loss).contains("kept", "other"));
        assertThat(ledger.compare("/v1/sites/gone", Optional.of(Map.of()))).hasValueSatisfying(
                loss -> assertThat(loss).contains("deleted"));
        assertThat(ledger.compare("/v1/sites/gone", Optional.empty())).isEmpty();
    }

    @Test
    void whatWasCutOffIsEitherWayRightAndThenStays() {
        Ledger ledger = new Ledger();
        ledger.begins("/v1/sites/a");

        assertThat(ledger.compare("/v1/sites/a", Optional.of(Map.of()))).isEmpty();
        assertThat(ledger.compare("/v1/sites/a", Optional.empty())).isPresent();
    }
}
