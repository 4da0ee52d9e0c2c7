package org.godwit.mcs.rest;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.precheck.Forecast;
import org.godwit.mcs.runner.Preview;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Itinerary;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Baggage;
import org.godwit.planner.prediction.Choice;
import org.godwit.planner.prediction.Conditions;
import org.godwit.planner.prediction.Estimate;
import org.godwit.planner.prediction.Prediction;
import org.godwit.protocol.rest.Resources;

/** Previews and findings in the words of the REST API. */
final class PlanViews {

    private static final double MS_PER_SECOND = 1e3;

    private PlanViews() {}

    static Resources.MigrationPlan plan(Preview preview) {
        Plan plan = preview.plan();
        return new Resources.MigrationPlan(plan.vm().name().text(), plan.source().text(), plan.target().text(),
                plan.strategy().word(), preview.wouldGo(), findings(preview.findings()),
                preview.steps().stream().map(step -> step(step, plan)).toList(), forecast(preview.forecast()),
                preview.forecast().options().stream().map(PlanViews::option).toList(),
                preview.forecast().reason() + ".");
    }

    static List<Resources.Finding> findings(List<Finding> findings) {
        return findings.stream().map(finding -> new Resources.Finding(finding.check().code(),
                finding.severity().name().toLowerCase(Locale.ROOT), finding.sentence(), finding.remedy())).toList();
    }

    private static Resources.Forecast forecast(Forecast forecast) {
        Optional<Prediction.Converges> prediction = forecast.prediction();
        return new Resources.Forecast(prediction.map(PlanViews::copyMs).orElse(null),
                prediction.map(PlanViews::vmDowntimeMs).orElse(null), prediction.map(PlanViews::bytes).orElse(null),
                forecast.conditions().map(PlanViews::inputs).orElse(null),
                forecast.disks().equals(Baggage.NONE) ? null : disks(forecast.disks()), forecast.restsOn());
    }

    static Resources.DiskForecast disks(Baggage disks) {
        return new Resources.DiskForecast(range(disks.seconds(), MS_PER_SECOND), range(disks.bytes(), 1));
    }

    private static Resources.Inputs inputs(Conditions conditions) {
        return new Resources.Inputs(conditions.memory().bytes(), conditions.memory().dirtyBytesPerSecond(),
                conditions.bytesPerSecond(), conditions.downtime().last().toMillis());
    }

    static Resources.Option option(Choice.Option option) {
        String word = option.prediction().strategy().word();
        return switch (option.prediction()) {
            case Prediction.Converges it -> new Resources.Option(word,
                    it.allSeconds().map(all -> range(all, MS_PER_SECOND)).orElse(null), copyMs(it), vmDowntimeMs(it),
                    range(it.outageSeconds(), MS_PER_SECOND), bytes(it), range(it.pageFaults(), 1), option.against());
            case Prediction.DoesNotConverge _ ->
                new Resources.Option(word, null, null, null, null, null, null, option.against());
        };
    }

    private static Resources.Range copyMs(Prediction.Converges prediction) {
        return range(prediction.totalSeconds(), MS_PER_SECOND);
    }

    private static Resources.Range vmDowntimeMs(Prediction.Converges prediction) {
        return range(prediction.downtimeSeconds(), MS_PER_SECOND);
    }

    private static Resources.Range bytes(Prediction.Converges prediction) {
        return range(prediction.bytes(), 1);
    }

    private static Resources.Range range(Estimate estimate, double unit) {
        return new Resources.Range(estimate.low() * unit, estimate.likely() * unit,
                Double.isInfinite(estimate.high()) ? null : estimate.high() * unit);
    }

    private static Resources.Step step(Itinerary.Step step, Plan plan) {
        return new Resources.Step(step.phase().name(), where(step.effect(), plan), what(step.effect(), plan));
    }

    private static String where(Effect effect, Plan plan) {
        return switch (effect.place()) {
            case SOURCE_HOST -> plan.source().text();
            case TARGET_HOST -> plan.target().text();
            case BOTH_HOSTS -> plan.source() + ", " + plan.target();
            case MAPPING_SERVER -> "mapping server";
            case INVENTORY -> "inventory";
        };
    }

    private static String what(Effect effect, Plan plan) {
        return switch (effect) {
            case PRECHECK -> "check all that speaks against it";
            case ENROL_GUEST -> "tell the guest who it is";
            case STAGE_GATEWAY -> "impersonate the gateway " + plan.targetGateway().linkLocal()
                    + " on a bridge that leads nowhere, for the VM's second interface";
            case STAGE_ADDRESS -> "let the guest form its address under " + plan.targetGateway().prefix();
            case PROBE_ADDRESS -> "make sure that nobody has that address";
            case PROBE_EGRESS -> "send from that address to the mapping server and to the VM's peers";
            case STAGE_MAPPING -> "tell the VM's peers where it will be";
            case ARM_GUEST -> "let the guest's kernel change over by itself when it lands";
            case PREPARE_TARGET -> "make ready for the VM, and introduce it to its gateway";
            case COPY -> copy(plan);
            case SHUT_DOWN -> "let the guest shut down, and let nothing start it again by itself";
            case SEND_DISKS -> "send what it has of disks there alone, and compare what arrives";
            case DEFINE_AT_TARGET -> "define the VM at " + plan.target() + ", too";
            case START_AT_TARGET -> "start it";
            case START_AT_SOURCE -> "start it again";
            case UNDEFINE_AT_TARGET -> "forget the VM, and expect it no longer";
            case ENROL_AT_TARGET -> "wait until the guest has booted, and tell it who it is";
            case MOVE_VM -> "note that the VM is at " + plan.target();
            case SETTLE_GUEST -> "make the new interface the guest's only one";
            case ACTIVATE_MAPPING -> "tell everybody where the VM is";
            case REMOVE_STAGING -> plan.strategy() == Strategy.COLD
                    ? "forget the VM, so that nobody starts it there"
                    : "remove the bridge that was the gateway";
            case UNSTAGE_MAPPING -> "take back what the peers were told";
            case UNSTAGE_SOURCE -> "take the address back, and remove the bridge that was the gateway";
            case DISCARD_TARGET -> "expect the VM no longer";
            case RECOVER_COPY -> "take up the copy again";
            case CANCEL_COPY -> "stop the copy";
            case FORCE_COPY -> "make the copy end";
            case ASK_BOTH_HYPERVISORS -> "ask both hypervisors where the VM is";
            case RESUME_SOURCE -> "let the VM go on";
            case RETURN_VM -> "note that the VM is at " + plan.source();
            case CLEAN_UP_AFTER_LOSS -> "remove what is left";
            case ABANDON_TARGET -> "end the VM's half at the target";
        };
    }

    private static String copy(Plan plan) {
        return switch (plan.strategy()) {
            case PRE_COPY -> "copy the running VM's memory, pause it, let it go on at " + plan.target();
            case POST_COPY -> "pause the VM, let it go on at " + plan.target() + ", send its memory after it";
            case HYBRID_COPY -> "copy the running VM's memory once, pause it, let it go on at " + plan.target()
                    + ", send what it has written meanwhile after it";
            case SUSPENDED -> "pause the VM, copy its memory, let it go on at " + plan.target();
            case COLD -> throw new IllegalArgumentException("nothing is copied of a VM that is shut down");
        };
    }
}
