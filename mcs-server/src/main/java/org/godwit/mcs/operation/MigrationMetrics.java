package org.godwit.mcs.operation;

import java.time.Duration;
import java.util.Locale;
import org.godwit.mcs.runner.MigrationObserver;
import org.godwit.mcs.runner.PhaseChange;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.model.MigrationPhase;
import org.godwit.operation.metrics.Metrics;

/** Counts what migrations do. */
public final class MigrationMetrics implements MigrationObserver {

    private final Metrics metrics;

    public MigrationMetrics(Metrics metrics) {
        this.metrics = metrics.with(McsMetric.MIGRATIONS_ENDED, McsMetric.MIGRATION_SECONDS, McsMetric.PHASE_SECONDS,
                McsMetric.VM_DOWNTIME_SECONDS, McsMetric.COPIED_BYTES, McsMetric.SETBACKS);
    }

    @Override
    public void entered(PhaseChange change) {
        metrics.observe(McsMetric.PHASE_SECONDS, change.inPhase(), word(change.before().phase()));
        change.after().knowledge().figures().filter(_ -> change.before().knowledge().figures().isEmpty())
                .ifPresent(this::copied);
        if (change.after().phase().isFinal()) {
            String outcome = word(change.after().phase());
            metrics.add(McsMetric.MIGRATIONS_ENDED, 1, outcome);
            metrics.observe(McsMetric.MIGRATION_SECONDS, change.elapsed(), outcome);
        }
    }

    @Override
    public void setBack(MigrationState state, MigrationFailure failure) {
        metrics.add(McsMetric.SETBACKS, 1, failure.code());
    }

    private void copied(CopyFigures figures) {
        metrics.observe(McsMetric.VM_DOWNTIME_SECONDS, Duration.ofMillis(figures.vmDowntimeMs()));
        metrics.add(McsMetric.COPIED_BYTES, figures.bytesTransferred());
    }

    static String word(MigrationPhase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }
}
