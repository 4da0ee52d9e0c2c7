package org.godwit.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Phase;

/** For logs and pipes: one line for each phase that was entered, also for those too short to be seen by polling. */
final class PlainProgress implements ProgressDisplay {

    private final PrintWriter out;
    private int shown;

    PlainProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void show(Migration migration) {
        List<Phase> phases = migration.phases();
        while (shown < phases.size()) {
            Phase phase = phases.get(shown++);
            out.println(String.format(Locale.ROOT, "%9.3f s  %s", phase.startMs() / 1000, Text.shown(phase.phase())));
        }
        out.flush();
    }

    @Override
    public void interrupt() {
        // every line is complete already
    }
}
