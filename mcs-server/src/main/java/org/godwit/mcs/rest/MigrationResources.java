package org.godwit.mcs.rest;

import static org.godwit.mcs.rest.BadFieldException.required;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.Name;
import org.godwit.protocol.rest.Resources;

/** Migrations as resources. */
final class MigrationResources {

    private static final int LIST_LENGTH_MAX = 200;

    private final Migrations migrations;

    MigrationResources(Migrations migrations) {
        this.migrations = migrations;
    }

    /** The newest first, and not more than 200. */
    Reply list(Call call) {
        return Reply.ok(new Resources.Items<>(migrations.newest(LIST_LENGTH_MAX).stream().map(this::view).toList()));
    }

    Reply get(Call call) {
        String id = call.part("id");
        return Reply.ok(view(migrations.find(id(id)).orElseThrow(() -> unknown(id))));
    }

    Reply begin(Resources.MigrationRequest body) {
        MigrationRecord record = migrations.begin(required("vm", body.vm(), Name::of),
                required("target", body.target(), Name::of));
        return Reply.accepted(view(record), location(record));
    }

    Reply cancel(Call call) {
        MigrationRecord record = migrations.cancel(id(call.part("id")));
        return Reply.accepted(view(record), location(record));
    }

    private static String location(MigrationRecord record) {
        return "/v1/migrations/" + record.state().plan().id();
    }

    private Resources.Migration view(MigrationRecord record) {
        MigrationState state = record.state();
        Plan plan = state.plan();
        return new Resources.Migration(plan.id().toString(), plan.vm().name().text(), plan.source().text(),
                plan.target().text(), plan.epoch().number(), state.phase().name(),
                state.outcome().name().toLowerCase(Locale.ROOT),
                state.knowledge().failure()
                        .map(failure -> new Resources.Failure(failure.code(), failure.message())).orElse(null),
                progress(plan.id()), record.createdAt().toString(),
                state.knowledge().figures().map(CopyFigures::vmDowntimeMs).map(Long::doubleValue).orElse(null), null,
                null, null, record.endedAt().map(end -> milliseconds(record.createdAt(), end)).orElse(null),
                phases(record));
    }

    private Resources.Progress progress(UUID id) {
        return migrations.progress(id).map(progress -> new Resources.Progress(progress.getBytesTotal(),
                progress.getBytesProcessed(), progress.getBytesRemaining(), progress.getIteration())).orElse(null);
    }

    /** A phase lasts until the next one begins; the last one, when it is final, has no duration of its own. */
    private static List<Resources.Phase> phases(MigrationRecord record) {
        List<Resources.Phase> views = new ArrayList<>();
        List<MigrationRecord.Phase> phases = record.phases();
        for (int i = 0; i < phases.size(); i++) {
            MigrationRecord.Phase phase = phases.get(i);
            Optional<Instant> end = i + 1 < phases.size()
                    ? Optional.of(phases.get(i + 1).startedAt())
                    : record.endedAt();
            views.add(new Resources.Phase(phase.phase().name(), milliseconds(record.createdAt(), phase.startedAt()),
                    end.map(e -> milliseconds(phase.startedAt(), e)).orElse(null)));
        }
        return views;
    }

    private static double milliseconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException _) {
            throw unknown(text);
        }
    }

    private static RefusedException unknown(String id) {
        return new RefusedException(RefusedException.Reason.UNKNOWN, "there is no migration " + id, null);
    }
}
