package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {

    private final StringWriter screen = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();
    private final TerminalProgress progress = new TerminalProgress(new PrintWriter(screen),
            () -> nanos.getAndAdd(100_000_000));

    @Test
    void disksThatTravelAreToldWithTheTimeThatTheyMayStillTake() {
        progress.show(Bodies.copying(180L << 20, 0));
        assertThat(screen.toString()).endsWith("180.0 MiB of disks left");
        nanos.addAndGet(2_900_000_000L);
        progress.show(Bodies.copying(120L << 20, 0));
        assertThat(screen.toString()).as("60 MiB took 3 s").endsWith("120.0 MiB of disks left, some 6 s");
        progress.show(Bodies.copying(190L << 20, 0));
        assertThat(screen.toString()).as("more is left than there was").endsWith("190.0 MiB of disks left");
    }

    @Test
    void disksThatAreReadAgainAtTheTargetAreToldToo() {
        progress.show(Bodies.copyingDisks(64L << 20, 0));
        assertThat(screen.toString()).endsWith("64.0 MiB of disks left, 128.0 MiB to be compared");
        progress.show(Bodies.copyingDisks(0, 32L << 20));
        assertThat(screen.toString()).endsWith("160.0 MiB of disks to be compared");
        nanos.addAndGet(1_900_000_000L);
        progress.show(Bodies.copyingDisks(0, 112L << 20));
        assertThat(screen.toString()).as("80 MiB took 2 s").endsWith("80.0 MiB of disks to be compared, some 2 s");
        progress.show(Bodies.copyingDisks(0, 192L << 20));
        assertThat(screen.toString()).endsWith("0.0 MiB of disks left");
    }

    @Test
    void theCurrentPhaseIsDrawnAnewAndThePastStays() {
        progress.show(Bodies.requested());
        progress.show(Bodies.copying(180L << 20, 1));
        progress.show(Bodies.copying(60L << 20, 1));
        progress.show(Bodies.copying(90L << 20, 2));
        progress.show(Bodies.completed());
        progress.interrupt();
        Golden.assertMatches("progress/terminal.txt",
                screen.toString().replace("\r", "<CR>").replace("\u001b[K", "<CLEAR>\n"));
    }
}
