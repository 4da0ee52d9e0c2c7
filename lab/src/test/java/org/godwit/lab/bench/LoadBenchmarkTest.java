package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LoadBenchmarkTest {

    @TempDir
    Path folder;

    @Test
    void aFleetIsToldApartByNumbers() {
        LoadFleet fleet = new LoadFleet(300, 10);
        for (int vm : new int[]{0, 9, 10, 2999 }) {
            assertThat(fleet.vmOf(fleet.uuid(vm))).isEqualTo(vm);
        }
        assertThat(fleet.hostOf(9)).isZero();
        assertThat(fleet.hostOf(10)).isEqualTo(1);
        assertThat(fleet.hoa(0)).isNotEqualTo(fleet.hoa(65536));
    }

    @Test
    @Timeout(300)
    void aSmallFleetMigratesWhileOperatorsAsk() throws IOException {
        StringWriter said = new StringWriter();
        int exitCode = new CommandLine(new LoadBenchmark()).setOut(new PrintWriter(said)).execute("--hosts", "6",
                "--vms-per-host", "2", "--migrations", "3", "--enrolling", "3", "--copy", "1", "--seconds", "1",
                "--heap", "256", "--out",
                folder.toString());

        assertThat(exitCode).as(said.toString()).isZero();
        assertThat(said.toString()).contains("3/3");
        assertThat(Files.readAllLines(folder.resolve("load.csv"))).hasSize(3);
        assertThat(Files.readAllLines(folder.resolve("load-fleet.csv"))).hasSize(2);
    }
}
