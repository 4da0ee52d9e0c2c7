package org.godwit.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    /** When disks on their way were seen first; empty when none were. */
    private Optional<Seen> disks = Optional.empty();

    /** @param bytesLeft to be sent, or when all are there, to be compared */
    private record Seen(boolean areThere, long nanos, long bytesLeft) {}

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
                disks = Optional.empty();
            }
            long now = nanoTicker.getAsLong();
            out.print(DRAW_ANEW + line(phases.get(over), (now - currentSince) / 1e6,
                    copied(phases.get(over), migration.progress(), now)));
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

    private String copied(Phase phase, Progress progress, long now) {
        if (progress == null || progress.bytesTotal() <= 0 || !phase.phase().equals("COPYING")) {
            return "";
        }
        // What is dirtied again must be sent again, so "processed" may pass the total: what is left tells the truth.
        long left = Math.clamp(progress.bytesRemaining(), 0, progress.bytesTotal());
        double done = 1 - (double) left / progress.bytesTotal();
        int filled = (int) Math.round(done * BAR_WIDTH);
        return String.format(Locale.ROOT, "  [%s%s] %3.0f %%  %s", "#".repeat(filled), ".".repeat(BAR_WIDTH - filled),
                done * 100, progress.iteration() == 0
                        ? disks(progress, left, now)
                        : Text.mebibytes(left) + " left, round " + progress.iteration());
    }

    /** Rounds are of memory. What has arrived is read again at the target, disk by disk: only then it is theirs. */
    private String disks(Progress progress, long left, long now) {
        long arrived = progress.bytesTotal() - left;
        // An agent of an earlier version does not tell.
        long unread = progress.bytesCompared() == null ? 0 : Math.clamp(arrived - progress.bytesCompared(), 0, arrived);
        if (left == 0 && unread > 0) {
            return Text.mebibytes(unread) + " of disks to be compared" + likely(true, unread, now);
        }
        return Text.mebibytes(left) + " of disks left" + likely(false, left, now)
                + (unread > 0 ? ", " + Text.mebibytes(unread) + " to be compared" : "");
    }

    /** What is there already goes by faster than the rest, so that this is no more than likely. */
    private String likely(boolean areThere, long left, long now) {
        Seen first = disks.filter(seen -> seen.areThere() == areThere).orElseGet(() -> new Seen(areThere, now, left));
        disks = Optional.of(first);
        long gone = first.bytesLeft() - left;
        return gone <= 0
                ? ""
                : String.format(Locale.ROOT, ", some %.0f s", (double) left / gone * (now - first.nanos()) / 1e9);
    }
}
