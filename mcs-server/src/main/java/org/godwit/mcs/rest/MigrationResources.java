package org.godwit.mcs.rest;

import static org.godwit.mcs.rest.BadFieldException.required;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import org.godwit.mcs.precheck.Manner;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.store.MigrationFilter;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.MigrationState.Outcome;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.CopyOptions;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Budgets;
import org.godwit.protocol.rest.Resources;

/** Migrations as resources. */
final class MigrationResources {

    static final String DRY_RUN = "dryRun";
    static final String REHEARSE = "rehearse";

    private final Migrations migrations;

    MigrationResources(Migrations migrations) {
        this.migrations = migrations;
    }

    /** The newest first. */
    Reply list(Call call) {
        MigrationFilter filter = new MigrationFilter(call.parameter("vm", Name::of), call.parameter("host", Name::of),
                call.parameter("phase", MigrationPhase.class), call.parameter("outcome", Outcome.class));
        return Paging.reply(call, page -> migrations.newest(page, filter), MigrationStore::key, this::view);
    }

    Reply get(Call call) {
        return Reply.ok(view(existing(migrations, call.part("id"))));
    }

    Reply report(Call call) {
        MigrationRecord record = existing(migrations, call.part("id"));
        UUID id = record.state().plan().id();
        return Reply.ok(Reports.of(record, migrations.steps(id), migrations.deeds(id), migrations.forecast(id),
                migrations.disks(id)));
    }

    /** @throws BadFieldException when a parameter is neither true nor false, or both are true */
    Reply begin(Call call, Resources.MigrationRequest body) {
        boolean dryRun = isSet(call, DRY_RUN);
        boolean rehearsal = isSet(call, REHEARSE);
        if (dryRun && rehearsal) {
            throw new BadFieldException(REHEARSE, "either look (" + DRY_RUN + ") or rehearse, not both", null);
        }
        Name vm = required("vm", body.vm(), Name::of);
        Name target = required("target", body.target(), Name::of);
        Manner manner = manner(body);
        if (dryRun) {
            return Reply.ok(PlanViews.plan(migrations.preview(vm, target, manner)));
        }
        MigrationRecord record = rehearsal
                ? migrations.rehearse(vm, target, manner)
                : migrations.begin(vm, target, manner);
        return accepted(record);
    }

    private static Manner manner(Resources.MigrationRequest body) {
        Optional<Strategy> strategy = strategy(body);
        Budgets budgets = budgets(body.budgets());
        Optional<Duration> timeMax = budgets.totalSeconds().stream()
                .mapToObj(seconds -> Duration.ofMillis(Math.max(1, Math.round(seconds * 1e3)))).findFirst();
        CopyOptions options = CopyOptionsView.of(body.copy()).within(timeMax);
        options.lackFor(strategy.orElse(Strategy.PRE_COPY)).ifPresent(lack -> {
            throw new BadFieldException("copy", lack, null);
        });
        return new Manner(strategy, budgets, options);
    }

    /** Empty for whichever is found best. Pre-copy, unless something else is said or depends on it. */
    private static Optional<Strategy> strategy(Resources.MigrationRequest body) {
        if (body.strategy() == null) {
            return body.budgets() == null ? Optional.of(Strategy.PRE_COPY) : Optional.empty();
        }
        return body.strategy().equals(Resources.AUTO)
                ? Optional.empty()
                : Optional.of(required("strategy", body.strategy(), Strategy::of));
    }

    private static Budgets budgets(Resources.BudgetsRequest body) {
        return body == null
                ? Budgets.NONE
                : new Budgets(limit("budgets.time_max_ms", body.timeMaxMs(), 1e-3),
                        limit("budgets.downtime_max_ms", body.downtimeMaxMs(), 1e-3),
                        limit("budgets.bytes_max", body.bytesMax(), 1));
    }

    private static OptionalDouble limit(String field, Number value, double unit) {
        if (value == null) {
            return OptionalDouble.empty();
        }
        if (!(value.doubleValue() > 0) || Double.isInfinite(value.doubleValue())) {
            throw new BadFieldException(field, "a budget must be above zero, got " + value, null);
        }
        return OptionalDouble.of(value.doubleValue() * unit);
    }

    private static boolean isSet(Call call, String parameter) {
        return switch (call.parameter(parameter).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            case String other ->
                throw new BadFieldException(parameter, parameter + " must be true or false, got \"" + other + "\"",
                        null);
        };
    }

    Reply cancel(Call call) {
        return accepted(migrations.cancel(existing(migrations, call.part("id")).state().plan().id()));
    }

    Reply abandon(Call call) {
        return accepted(migrations.abandon(existing(migrations, call.part("id")).state().plan().id()));
    }

    private Reply accepted(MigrationRecord record) {
        return Reply.accepted(view(record), location(record));
    }

    private static String location(MigrationRecord record) {
        return "/v1/migrations/" + record.state().plan().id();
    }

    private Resources.Migration view(MigrationRecord record) {
        MigrationState state = record.state();
        Plan plan = state.plan();
        return new Resources.Migration(plan.id().toString(), plan.vm().name().text(), plan.source().text(),
                plan.target().text(), plan.strategy().word(), plan.epoch().number(), state.phase().name(),
                state.outcome().name().toLowerCase(Locale.ROOT),
                state.knowledge().failure()
                        .map(failure -> new Resources.Failure(failure.code(), failure.message())).orElse(null),
                migrations.turn(plan.id()).map(it -> new Resources.Turn(it.position(), it.reason())).orElse(null),
                progress(migrations, plan.id()).orElse(null), record.createdAt().toString(),
                state.knowledge().figures().map(CopyFigures::vmDowntimeMs).map(Long::doubleValue).orElse(null), null,
                null, null, record.endedAt().map(end -> Reports.milliseconds(record.createdAt(), end)).orElse(null),
                Reports.spans(record).stream()
                        .map(span -> new Resources.Phase(span.phase().phase().name(), span.startMs(),
                                span.durationMs()))
                        .toList(),
                PlanViews.findings(record.findings()));
    }

    static Optional<Resources.Progress> progress(Migrations migrations, UUID id) {
        return migrations.progress(id).map(progress -> new Resources.Progress(progress.getBytesTotal(),
                progress.getBytesProcessed(), progress.getBytesRemaining(), progress.getIteration(),
                progress.hasBytesCompared() ? progress.getBytesCompared() : null));
    }

    /** A text that is no id is the id of nothing. */
    static MigrationRecord existing(Migrations migrations, String id) {
        try {
            return migrations.find(UUID.fromString(id)).orElseThrow(() -> unknown(id));
        } catch (IllegalArgumentException _) {
            throw unknown(id);
        }
    }

    private static RefusedException unknown(String id) {
        return new RefusedException(RefusedException.Reason.UNKNOWN, "there is no migration " + id, null);
    }
}
