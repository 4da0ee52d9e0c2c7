package org.godwit.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Phase;
import org.godwit.protocol.rest.Resources.Progress;

/** For people: a line for each phase that is over, and one that is drawn anew for the phase that lasts. */
final class TerminalProgress implements ProgressDisplay {

    private static final String DRAW_ANEW = "\r\u001b[K";
    private static final int BAR_WIDTH = 20;

    private final PrintWriter out;
    private final LongSupplier nanoTicker;
    private int over;
    private int current = -1;
    private long currentSince;

    TerminalProgress(PrintWriter out, LongSupplier nanoTicker) {
        this.out = out;
        this.nanoTicker = nanoTicker;
    }

    @Override
    public void show(Migration migration) {
        List<Phase> phases = migration.phases();
        while (over < phases.size() && phases.get(over).durationMs() != null) {
            Phase phase = phases.get(over++);
            out.println(DRAW_ANEW + line(phase, phase.durationMs(), ""));
        }
        if (over < phases.size()) {
            if (current != over) {
                current = over;
                currentSince = nanoTicker.getAsLong();
            }
            double lastedMs = (nanoTicker.getAsLong() - currentSince) / 1e6;
            out.print(DRAW_ANEW + line(phases.get(over), lastedMs, copied(phases.get(over), migration.progress())));
        }
        out.flush();
    }

    @Override
    public void interrupt() {
        out.print(DRAW_ANEW);
        out.flush();
    }

    private static String line(Phase phase, double lastedMs, String more) {
        return String.format(Locale.ROOT, "  %-16s %8.1f s%s", Text.shown(phase.phase()), lastedMs / 1000, more);
    }

    private static String copied(Phase phase, Progress progress) {
        if (progress == null || progress.bytesTotal() <= 0 || !phase.phase().equals("COPYING")) {
            return "";
        }
        // What is dirtied again must be sent again, so "processed" may pass the total: what is left tells the truth.
        long left = Math.clamp(progress.bytesRemaining(), 0, progress.bytesTotal());
        double done = 1 - (double) left / progress.bytesTotal();
        int filled = (int) Math.round(done * BAR_WIDTH);
        return String.format(Locale.ROOT, "  [%s%s] %3.0f %%  %s left, round %d", "#".repeat(filled),
                ".".repeat(BAR_WIDTH - filled), done * 100, Text.mebibytes(left), progress.iteration());
    }
}
