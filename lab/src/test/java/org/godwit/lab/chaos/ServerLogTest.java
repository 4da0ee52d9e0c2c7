package org.godwit.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.godwit.lab.LabException;
import org.godwit.lab.chaos.ServerLog.Cursor;
import org.godwit.lab.chaos.ServerLog.PhaseChange;
import org.godwit.model.MigrationPhase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogTest {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void aServerHasWritten() throws IOException {
        file = folder.resolve("log");
        write(phase("COPYING→SWITCHOVER") + "\n");
    }

    @Test
    void whatWasWrittenBeforeIsNotRead() throws IOException {
        Cursor cursor = log().end();
        write(phase("SWITCHOVER→REBINDING") + "\n");

        assertThat(cursor.awaitPhase(LIMIT, _ -> true, "anything"))
                .isEqualTo(new PhaseChange("4711", MigrationPhase.REBINDING));
    }

    @Test
    void aLineThatIsNotCompleteYetIsReadLater() throws IOException {
        Cursor cursor = log().end();
        String line = phase("SWITCHOVER→REBINDING");
        write(line.substring(0, line.indexOf("BINDING")));
        assertThat(cursor.next(_ -> true)).isEmpty();
        write(line.substring(line.indexOf("BINDING")) + "\n");

        assertThat(cursor.next(_ -> true)).contains(line);
        assertThat(cursor.next(_ -> true)).isEmpty();
    }

    @Test
    void linesOfOtherKindsArePassedOver() throws IOException {
        Cursor cursor = log().end();
        write("host=host-a agent=connected\n" + phase("REBINDING→SETTLED") + "\nand more\n");

        assertThat(cursor.awaitPhase(LIMIT, MigrationPhase::isFinal, "its end").phase())
                .isEqualTo(MigrationPhase.SETTLED);
        assertThat(cursor.next(_ -> true)).contains("and more");
    }

    @Test
    void whatIsNeverSaidIsNotWaitedForForEver() {
        Cursor cursor = log().end();
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> cursor.await(Duration.ofMillis(5), _ -> true, "something happens"))
                .withMessageContaining("something happens").withMessageContaining(file.toString());
    }

    @Test
    void twoInventoriesDifferByTheirLines() {
        HostInventory before = new HostInventory(List.of("link eth0", "link vnet*", "link vnet*"));
        HostInventory after = new HostInventory(List.of("link eth0", "link vnet*", "link gws-1"));

        assertThat(after.minus(before)).containsExactly("link gws-1");
        assertThat(before.minus(after)).containsExactly("link vnet*");
    }

    private ServerLog log() {
        return new ServerLog(file, InstantSource.system());
    }

    private static String phase(String change) {
        return "2026-11-21T18:22:14.294 INFO  MigrationRun - migration=4711 vm=vm1 phase=" + change
                + " hoa=2001:db8:face::1 reason=\"vm paused\" elapsed_ms=7474";
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
