package org.godwit.mcs.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.godwit.mcs.store.DiskPassage;
import org.godwit.mcs.store.LoneDeed;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.store.Step;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.DiskFigures;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Silences;
import org.godwit.planner.prediction.Choice;
import org.godwit.planner.prediction.Prediction;
import org.godwit.protocol.rest.Resources;

/** Where the time of a migration went, and why: phases, what was done in each of them, and what the hypervisor reported. */
final class Reports {

    private static final double NS_PER_MS = 1e6;

    private Reports() {}

    /** A phase as it lies in time. @param durationMs null while it lasts; a final phase has none */
    record Span(MigrationRecord.Phase phase, double startMs, Double durationMs) {}

    static Resources.Report of(MigrationRecord record, List<Step> steps, List<LoneDeed> deeds,
            Optional<Prediction.Converges> forecast, Optional<DiskPassage> disks) {
        MigrationState state = record.state();
        Plan plan = state.plan();
        List<Span> spans = spans(record);
        Optional<CopyFigures> copy = state.knowledge().figures();
        return new Resources.Report(plan.id().toString(), plan.vm().name().text(), plan.source().text(),
                plan.target().text(), plan.strategy().word(), CopyOptionsView.of(plan.options()), state.phase().name(),
                state.outcome().name().toLowerCase(Locale.ROOT),
                record.createdAt().toString(),
                state.knowledge().failure()
                        .map(it -> new Resources.Diagnosis(it.code(), it.message(), Remedies.of(it.code())))
                        .orElse(null),
                record.admittedAt().map(it -> milliseconds(record.createdAt(), it)).orElse(null),
                preparationMs(spans), figure(copy, CopyFigures::totalMs),
                figure(copy, CopyFigures::vmDowntimeMs),
                copy.map(it -> it.downtimeBy().name().toLowerCase(Locale.ROOT)).orElse(null), outage(record),
                duration(spans, MigrationPhase.REBINDING),
                copy.map(it -> it.pagesNormal() + it.pagesConstant()).orElse(null),
                copy.map(CopyFigures::pagesConstant).orElse(null), copy.map(CopyFigures::pagesDirty).orElse(null),
                copy.map(CopyFigures::throttlePercent).orElse(null),
                copy.map(CopyFigures::bytesTransferred).orElse(null),
                copy.map(CopyFigures::bytesPerSecond).filter(it -> it > 0).orElse(null),
                copy.map(CopyFigures::iterations).orElse(null), copy.map(CopyFigures::postCopyRequests).orElse(null),
                record.endedAt().map(end -> milliseconds(record.createdAt(), end)).orElse(null),
                phases(record, spans, steps),
                deeds.stream().map(deed -> new Resources.ReportDeed(deed.host().text(),
                        milliseconds(record.createdAt(), deed.at()), deed.kind().name().toLowerCase(Locale.ROOT),
                        deed.sentence())).toList(),
                forecast.map(it -> PlanViews.option(new Choice.Option(it, List.of()))).orElse(null),
                disks.map(Reports::view).orElse(null));
    }

    /** Of a guest that tells of more than its migration took nothing is believed. */
    private static Resources.Outage outage(MigrationRecord record) {
        if (record.state().phase() != MigrationPhase.SETTLED) {
            return null;
        }
        Silences silences = record.state().knowledge().silences();
        return new Resources.Outage(outage(record, silences.vmToPeer()), outage(record, silences.peerToVm()));
    }

    private static Double outage(MigrationRecord record, Optional<Duration> silence) {
        Optional<Duration> longest = record.endedAt().map(end -> Duration.between(record.createdAt(), end));
        return record.state().knowledge().figures().flatMap(copy -> silence
                .map(it -> it.plusMillis(copy.vmDowntimeMs())).filter(it -> it.compareTo(longest.orElse(it)) <= 0))
                .map(it -> it.toNanos() / NS_PER_MS).orElse(null);
    }

    /** A phase lasts until the next one begins; the last one, when it is final, has no duration of its own. */
    static List<Span> spans(MigrationRecord record) {
        List<Span> spans = new ArrayList<>();
        List<MigrationRecord.Phase> phases = record.phases();
        for (int i = 0; i < phases.size(); i++) {
            MigrationRecord.Phase phase = phases.get(i);
            Optional<Instant> end = i + 1 < phases.size()
                    ? Optional.of(phases.get(i + 1).startedAt())
                    : record.endedAt();
            spans.add(new Span(phase, milliseconds(record.createdAt(), phase.startedAt()),
                    end.map(it -> milliseconds(phase.startedAt(), it)).orElse(null)));
        }
        return spans;
    }

    static double milliseconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / NS_PER_MS;
    }

    /** A step belongs to the phase in which it began: it is intended in the transaction that enters its phase. */
    private static List<Resources.ReportPhase> phases(MigrationRecord record, List<Span> spans, List<Step> steps) {
        List<Resources.ReportPhase> phases = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            Instant from = spans.get(i).phase().startedAt();
            Instant to = i + 1 < spans.size() ? spans.get(i + 1).phase().startedAt() : Instant.MAX;
            phases.add(new Resources.ReportPhase(spans.get(i).phase().phase().name(), spans.get(i).startMs(),
                    spans.get(i).durationMs(), spans.get(i).phase().reason(),
                    steps.stream().filter(step -> !step.startedAt().isBefore(from) && step.startedAt().isBefore(to))
                            .map(step -> view(record, step)).toList()));
        }
        return phases;
    }

    private static Resources.ReportStep view(MigrationRecord record, Step step) {
        return new Resources.ReportStep(step.effect().name().toLowerCase(Locale.ROOT),
                milliseconds(record.createdAt(), step.startedAt()),
                step.endedAt().map(end -> milliseconds(step.startedAt(), end)).orElse(null),
                step.message().orElse(null));
    }

    private static Resources.ReportDisks view(DiskPassage disks) {
        Optional<DiskFigures> measured = disks.measured();
        Optional<DiskFigures> ofRunning = measured.filter(it -> !it.reason().isEmpty());
        return new Resources.ReportDisks(measured.map(it -> (double) it.totalMs()).orElse(null),
                measured.map(DiskFigures::bytes).orElse(null), measured.map(DiskFigures::layers).orElse(null),
                ofRunning.map(it -> it.writesAtOnce() ? "at-once" : "later").orElse(null),
                ofRunning.map(DiskFigures::reason).orElse(null),
                disks.forecast().map(PlanViews::disks).orElse(null));
    }

    /** Until the first thing that the VM notices. */
    private static Double preparationMs(List<Span> spans) {
        return spans.stream().filter(span -> span.phase().phase() == MigrationPhase.COPYING
                || span.phase().phase() == MigrationPhase.SHUTDOWN).findFirst().map(Span::startMs).orElse(null);
    }

    /** Of all times that the phase was entered. */
    private static Double duration(List<Span> spans, MigrationPhase phase) {
        List<Double> durations = spans.stream().filter(span -> span.phase().phase() == phase)
                .map(Span::durationMs).toList();
        return durations.isEmpty() || durations.contains(null)
                ? null
                : Double.valueOf(durations.stream().mapToDouble(Double::doubleValue).sum());
    }

    private static Double figure(Optional<CopyFigures> copy, Function<CopyFigures, Long> figure) {
        return copy.map(figure).map(Long::doubleValue).orElse(null);
    }
}
