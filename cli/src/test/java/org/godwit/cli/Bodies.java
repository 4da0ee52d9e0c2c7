package org.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.stream.Stream;
import org.godwit.protocol.rest.Resources.Directions;
import org.godwit.protocol.rest.Resources.Failure;
import org.godwit.protocol.rest.Resources.Step;
import org.godwit.protocol.rest.Resources.Range;
import org.godwit.protocol.rest.Resources.MigrationPlan;
import org.godwit.protocol.rest.Resources.Option;
import org.godwit.protocol.rest.Resources.DiskForecast;
import org.godwit.protocol.rest.Resources.Forecast;
import org.godwit.protocol.rest.Resources.Finding;
import org.godwit.protocol.rest.Resources.Inputs;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Phase;
import org.godwit.protocol.rest.Resources.Progress;
import org.godwit.protocol.rest.Resources.Tcp;
import org.godwit.protocol.rest.RestJson;

/** One migration at several moments, as the server tells it. */
final class Bodies {

    private static final List<Finding> FINDINGS = List.of(
            new Finding("memory", "error", "Host b-1 has 300 MiB of memory left, and the VM needs 385 MiB.",
                    "Move other VMs away from it, or choose another host."),
            new Finding("bridge", "error", "The reachable bridge of host b-1 carries 1400 bytes.",
                    "Give bridge and uplink there the same MTU."),
            new Finding("path", "warning", "The path from host a-1 to host b-1 could not be measured.",
                    "Let ICMPv6 pass between hosts."));

    static final String ID = "0b6e7a52-8c1f-4f0e-9d2a-3f1c5b7d9e11";

    private static final List<Phase> STAGING = List.of(new Phase("REQUESTED", 0, 4.2), new Phase("CHECKED", 4.2, 310.6),
            new Phase("GATEWAY_STAGED", 314.8, 128.0), new Phase("ADDRESS_STAGED", 442.8, 1187.5),
            new Phase("TARGET_PREPARED", 1630.3, 41.1));

    private static final List<Phase> WHOLE = List.of(new Phase("REQUESTED", 0, 4.2), new Phase("CHECKED", 4.2, 310.6),
            new Phase("GATEWAY_STAGED", 314.8, 128.0), new Phase("ADDRESS_STAGED", 442.8, 1187.5),
            new Phase("TARGET_PREPARED", 1630.3, 41.1), new Phase("COPYING", 1671.4, 2811.0),
            new Phase("SWITCHOVER", 4482.4, 84.0), new Phase("REBINDING", 4566.4, 95.3),
            new Phase("SETTLED", 4661.7, null));

    private Bodies() {}

    static Migration requested() {
        return running(List.of(new Phase("REQUESTED", 0, null)), null);
    }

    static Migration copying(long remaining, int iteration) {
        return copying(new Progress(192L << 20, (192L << 20) - remaining, remaining, iteration, null));
    }

    static Migration copyingDisks(long remaining, long compared) {
        return copying(new Progress(192L << 20, (192L << 20) - remaining, remaining, 0, compared));
    }

    private static Migration copying(Progress progress) {
        return running(append(STAGING, new Phase("COPYING", 1671.4, null)), progress);
    }

    static Migration completed() {
        return ended("SETTLED", "completed", null, WHOLE, 84.0, null, null, null, 4661.7);
    }

    static Migration measured() {
        return ended("SETTLED", "completed", null, WHOLE, 84.0, new Directions(89.2, 91.5), new Directions(0, 17),
                new Tcp(true, 212.4), 4661.7);
    }

    static Migration rolledBack() {
        List<Phase> phases = append(append(STAGING, new Phase("ROLLBACK", 1671.4, 52.9)),
                new Phase("ABORTED", 1724.3, null));
        return ended("ABORTED", "rolled_back", new Failure("target_not_ready",
                "libvirt on host b-1 does not answer; start it and migrate again"), phases, null, null, null, null,
                1724.3);
    }

    static Migration refused() {
        List<Phase> phases = List.of(new Phase("REQUESTED", 0, 3.9), new Phase("ABORTED", 3.9, null));
        return ended("ABORTED", "refused",
                new Failure("guest_silent", "the guest agent of VM web does not answer; start it in the VM"), phases,
                null, null, null, null, 3.9);
    }

    static Migration refusedByChecks() {
        Migration refused = refused();
        return new Migration(ID, "web", "a-1", "b-1", "pre-copy", 7, refused.phase(), refused.outcome(),
                new Failure("memory", "Host b-1 is full. (This is the first of 2 errors.)"), null, null,
                refused.createdAt(), null, null, null, null, 3.9, refused.phases(), FINDINGS);
    }

    static Migration rehearsed() {
        List<Phase> phases = append(append(STAGING, new Phase("ROLLBACK", 1671.4, 300.0)),
                new Phase("ABORTED", 1971.4, null));
        return ended("ABORTED", "rehearsed", null, phases, null, null, null, null, 1971.4);
    }

    private static final List<Option> OPTIONS = List.of(
            new Option("pre-copy", null, null, null, null, null, null, List.of("it would not end: it writes too fast")),
            new Option("hybrid-copy", new Range(8000, 9000, 11_000.0), new Range(1900, 2200, 2900.0),
                    new Range(21, 24, null), new Range(21, 143, null),
                    new Range(2e8, 2.6e8, 3e8), new Range(80, 117.6, 200.0), List.of()),
            new Option("post-copy", null, new Range(1900, 2100, 2500.0), new Range(21, 24, 30.0),
                    new Range(21, 143, 210.0),
                    new Range(2e8, 2.5e8, 3e8), new Range(900, 1204, 1500.0), List.of()));

    static MigrationPlan plan(boolean wouldGo) {
        return new MigrationPlan("web", "a-1", "b-1", "hybrid-copy", wouldGo, wouldGo ? List.of() : FINDINGS,
                List.of(new Step("REQUESTED", "a-1, b-1", "check all that speaks against it"),
                        new Step("TARGET_PREPARED", "a-1", "copy the running VM's memory"),
                        new Step("REBINDING", "mapping server", "tell everybody where the VM is")),
                wouldGo
                        ? new Forecast(new Range(1900, 2200, 2900.0), new Range(21, 24, null),
                                new Range(2e8, 2.6e8, 3e8), new Inputs(2e8, 6e7, 1.25e8, 300),
                                new DiskForecast(new Range(0, 11_200, 36_800.0), new Range(0, 1.4e8, 4.6e8)),
                                List.of("119.2 MiB/s, what the driver of the uplink says."))
                        : new Forecast(null, null, null, null, null, List.of()),
                wouldGo ? OPTIONS : List.of(),
                wouldGo
                        ? "hybrid-copy, since others will not do. pre-copy: it would not end: it writes too fast."
                        : "nothing can be predicted: how fast the link is, is not known.");
    }

    static Migration uncertain() {
        List<Phase> phases = append(append(STAGING, new Phase("COPYING", 1671.4, 2811.0)),
                new Phase("INQUIRY", 4482.4, null));
        return ended("INQUIRY", "uncertain",
                new Failure("copy_outcome_unknown", "the agent of host a-1 was lost during the switchover"), phases,
                null, null, null, null, null);
    }

    static Migration lost() {
        List<Phase> phases = append(append(append(STAGING, new Phase("COPYING", 1671.4, 2811.0)),
                new Phase("REBINDING", 4482.4, 15_021.7)), new Phase("INQUIRY", 19_504.1, 310.5));
        return ended("LOST", "lost",
                new Failure("vm_lost", "The VM runs nowhere: the source host says absent, the target"
                        + " host says absent."),
                append(phases, new Phase("LOST", 19_814.6, null)), null, null, null, null,
                19_814.6);
    }

    static String json(Object body) {
        try {
            return RestJson.strict().writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Migration running(List<Phase> phases, Progress progress) {
        return new Migration(ID, "web", "a-1", "b-1", "pre-copy", 7, phases.getLast().phase(), "running", null, null,
                progress,
                "2026-11-21T10:00:00Z", null, null, null, null, null, phases, List.of());
    }

    private static Migration ended(String phase, String outcome, Failure failure, List<Phase> phases, Double downtime,
            Directions outage, Directions lost, Tcp tcp, Double tAll) {
        return new Migration(ID, "web", "a-1", "b-1", "pre-copy", 7, phase, outcome, failure, null, null,
                "2026-11-21T10:00:00Z",
                downtime, outage, lost, tcp, tAll, phases, List.of());
    }

    private static List<Phase> append(List<Phase> phases, Phase phase) {
        return Stream.concat(phases.stream(), Stream.of(phase)).toList();
    }
}
