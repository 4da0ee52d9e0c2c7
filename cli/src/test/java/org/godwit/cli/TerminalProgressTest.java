package org.godwit.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {

    @Test
    void theCurrentPhaseIsDrawnAnewAndThePastStays() {
        StringWriter screen = new StringWriter();
        AtomicLong nanos = new AtomicLong();
        TerminalProgress progress = new TerminalProgress(new PrintWriter(screen),
                () -> nanos.getAndAdd(100_000_000));
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
