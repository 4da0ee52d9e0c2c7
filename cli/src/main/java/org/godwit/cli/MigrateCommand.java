package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.godwit.protocol.rest.Resources.BudgetsRequest;
import org.godwit.protocol.rest.Resources.CopyRequest;
import org.godwit.protocol.rest.Resources.MigrationPlan;
import org.godwit.protocol.rest.Resources.MigrationRequest;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "migrate", description = {"Move a running VM to another host and watch it go.",
        "On a terminal, Ctrl-C asks whether to cancel; a second Ctrl-C stops the watching and lets the migration go on.",
        "Elsewhere SIGINT stops the watching only." }, footerHeading = "%nExamples:%n", footer = {
                "  godwit migrate web --to b-1 --plan", "  godwit migrate web --to b-1 --rehearse",
                "  godwit migrate web --to b-1", "  godwit migrate web --to b-1 --strategy hybrid-copy",
                "  godwit migrate web --to b-1 --downtime-max 100ms --time-max 2min --plan",
                "  godwit migrate web --to b-1 --detach -o json",
                "  godwit migrate web --to b-1; [ $? -eq 4 ] && echo \"web is safe where it was\"" })
final class MigrateCommand implements Runnable, picocli.CommandLine.IExitCodeGenerator {

    private final GodwitCommand godwit;
    private ExitStatus status = ExitStatus.DONE;

    @Parameters(paramLabel = "VM", description = "as godwit vm list names it")
    private String vm;

    @Option(names = "--to", required = true, paramLabel = "HOST", description = "the host where it shall run")
    private String target;

    @Option(names = "--strategy", paramLabel = "pre-copy|post-copy|hybrid-copy|suspended|cold|auto", completionCandidates = Words.Strategies.class, converter = Words.Strategies.class, description = {
            "how its memory travels: before it goes (pre-copy), after it has gone (post-copy), all of it before and what it has written meanwhile after (hybrid-copy), while it stands still (suspended), not at all, since it is shut down and boots there (cold), or whichever is found best (auto). Pre-copy, unless you say otherwise or give a limit; then auto.",
            "Post-copy and hybrid-copy end however fast it writes; until then it needs both hosts. Cold ends the VM's connections, and is never chosen by itself." })
    private String strategy;

    @ArgGroup(exclusive = false)
    private Limits limits = new Limits();

    /** What it may cost. */
    static final class Limits {

        @Option(names = "--time-max", paramLabel = "TIME", converter = TimeSpan.class, description = "refuse it before anything is touched when its copy would likely take longer: 90s, 2min; and see --on-stall")
        private Duration time;

        @Option(names = "--downtime-max", paramLabel = "TIME", converter = TimeSpan.class, description = "refuse it before anything is touched when the VM would likely stand still for longer: 100ms")
        private Duration downtime;

        @Option(names = "--bytes-max", paramLabel = "SIZE", converter = ByteCount.class, description = "refuse it before anything is touched when more would likely be sent: 800MiB, 4GiB")
        private Long bytes;

        private BudgetsRequest body() {
            return time == null && downtime == null && bytes == null
                    ? null
                    : new BudgetsRequest(milliseconds(time), milliseconds(downtime), bytes);
        }

        private static Double milliseconds(Duration time) {
            return time == null ? null : time.toNanos() / 1e6;
        }
    }

    @ArgGroup(exclusive = false)
    private Copying copying = new Copying();

    /** How its memory is copied, beside the strategy. */
    static final class Copying {

        @Option(names = "--on-stall", paramLabel = "post-copy|suspend|abort", completionCandidates = Words.StallActions.class, converter = Words.StallActions.class, description = "what becomes of a pre-copy that will not come to its end, or takes longer than --time-max: it goes on as post-copy, the VM stands still until the rest is sent, or it stays where it is (abort). Abort, unless you say otherwise.")
        private String onStall;

        @Option(names = "--bandwidth-max", paramLabel = "MIB", description = "of the link it takes no more than this, in MiB a second")
        private Integer bandwidth;

        @Option(names = "--downtime-limit", paramLabel = "TIME", converter = TimeSpan.class, description = "how long the VM may stand still at the end of a pre-copy: 100ms. 300 ms, unless you say otherwise.")
        private Duration downtimeLimit;

        @Option(names = "--auto-converge", description = "slow the VM down when it writes faster than its memory can be sent")
        private Boolean autoConverge;

        @Option(names = "--parallel", paramLabel = "N", description = "send its memory over N connections side by side")
        private Integer parallel;

        @Option(names = "--compression", paramLabel = "xbzrle|mt|zlib|zstd|none", completionCandidates = Words.Compressions.class, converter = Words.Compressions.class, description = "make its memory smaller on the way; zlib and zstd over parallel connections only. Not every QEMU and libvirt has each; --plan tells.")
        private String compression;

        private CopyRequest body() {
            return onStall == null && bandwidth == null && downtimeLimit == null && autoConverge == null
                    && parallel == null && compression == null
                            ? null
                            : new CopyRequest(bandwidth,
                                    downtimeLimit == null
                                            ? null
                                            : Math.clamp(downtimeLimit.toMillis(), 1, Integer.MAX_VALUE),
                                    autoConverge, parallel, compression, onStall);
        }
    }

    @ArgGroup
    private Instead instead = new Instead();

    /** What is done instead of the migration itself. */
    static final class Instead {

        @Option(names = "--plan", description = "check everything, show the steps and how long they would take, and change nothing; exits with 3 when it would be refused")
        private boolean plan;

        @Option(names = "--rehearse", description = "do everything but the copy, send from the VM's future address, then undo it")
        private boolean rehearse;
    }

    @Option(names = "--detach", description = "print the migration's id and do not wait for its end")
    private boolean detach;

    MigrateCommand(GodwitCommand godwit) {
        this.godwit = godwit;
    }

    @Override
    public void run() {
        try (Desk desk = godwit.desk()) {
            if (instead.plan) {
                status = plan(desk);
                return;
            }
            JsonNode body = desk.server().post(Kind.MIGRATION.path() + (instead.rehearse ? "?rehearse=true" : ""),
                    request());
            String id = body.path("id").asText("");
            if (id.isEmpty()) {
                throw new CommandFailure(ExitStatus.UNCERTAIN,
                        "the server took the request but named no migration; see godwit migration list");
            }
            if (!detach) {
                status = MigrationWatch.ofAccepted(desk, godwit.surroundings(), id).untilItEnds();
            } else if (desk.structured()) {
                desk.write(body);
            } else {
                desk.say("migration " + id + " of VM " + vm + " has begun; watch it: godwit migration watch " + id);
            }
        }
    }

    private MigrationRequest request() {
        return new MigrationRequest(vm, target, strategy, limits.body(), copying.body());
    }

    private ExitStatus plan(Desk desk) {
        JsonNode body = desk.server().post(Kind.MIGRATION.path() + "?dryRun=true", request());
        MigrationPlan plan = McsClient.read(body, MigrationPlan.class);
        desk.done(body, PlanReport.render(plan).stripTrailing());
        return plan.wouldGo() ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    @Override
    public int getExitCode() {
        return status.code();
    }
}
