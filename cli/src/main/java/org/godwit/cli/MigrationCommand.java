package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.godwit.protocol.rest.Resources.Migration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "migration", description = "Migrations that run or have run. To start one: godwit migrate.", footerHeading = "%nExamples:%n", footer = {
        "  godwit migration list", "  godwit migration watch web" })
record MigrationCommand(GodwitCommand godwit) {

    @Command(name = "list", description = "List migrations, the newest first.", footerHeading = "%nExamples:%n", footer = {
            "  godwit migration list --outcome running", "  godwit migration list --vm web -o wide" })
    int list(@Option(names = "--vm", paramLabel = "VM", description = "only those of this VM") String vm,
            @Option(names = "--host", paramLabel = "HOST", description = "only those from or to this host") String host,
            @Option(names = "--phase", paramLabel = "PHASE", completionCandidates = Words.Phases.class, converter = Words.Phases.class, description = "only those in this phase") String phase,
            @Option(names = "--outcome", paramLabel = "OUTCOME", completionCandidates = Words.Outcomes.class, converter = Words.Outcomes.class, description = "only running, completed, rehearsed, refused, rolled_back, uncertain or lost ones") String outcome,
            @Option(names = {"-w", "--watch" }, description = "go on with what changes, until Ctrl-C") boolean watch) {
        Map<String, String> filters = new LinkedHashMap<>();
        filters.put("vm", vm);
        filters.put("host", host);
        filters.put("phase", phase);
        filters.put("outcome", outcome);
        return godwit.list(Kind.MIGRATION, filters, watch);
    }

    @Command(name = "show", description = "Show one migration with its report.", footerHeading = "%nExample:%n", footer = "  godwit migration show web")
    void show(
            @Parameters(paramLabel = "MIGRATION", description = "its id, or a VM's name: the newest of that VM") String migration) {
        try (Desk desk = godwit.desk()) {
            JsonNode body = desk.server().get(Desk.one(Kind.MIGRATION, desk.migration(migration)));
            if (desk.structured()) {
                desk.write(body);
            } else {
                desk.say(MigrationReport.render(McsClient.read(body, Migration.class)).stripTrailing());
            }
        }
    }

    @Command(name = "watch", description = "Watch a running migration until it ends, as godwit migrate does.", footerHeading = "%nExample:%n", footer = "  godwit migration watch web")
    int watch(
            @Parameters(paramLabel = "MIGRATION", description = "its id, or a VM's name: the newest of that VM") String migration) {
        try (Desk desk = godwit.desk()) {
            return MigrationWatch.of(desk, godwit.surroundings(), desk.migration(migration)).untilItEnds().code();
        }
    }

    @Command(name = "cancel", description = {
            "Ask that a migration be cancelled. Before the VM runs at its target everything",
            "is rolled back; later the server refuses, since there is only forward." }, footerHeading = "%nExample:%n", footer = "  godwit migration cancel web")
    void cancel(
            @Parameters(paramLabel = "MIGRATION", description = "its id, or a VM's name: the newest of that VM") String migration) {
        ask(migration, "cancel", "cancelling migration ");
    }

    @Command(name = "abandon", description = {
            "Give up a VM whose post-copy is broken and cannot be taken up again (phase RECOVERY).",
            "What is left of it is ended at both hosts; its definitions and disks stay. Then it",
            "is lost, and can be started anew." }, footerHeading = "%nExample:%n", footer = "  godwit migration abandon 0b6e7a52-8c1f-4f0e-9d2a-3f1c5b7d9e11")
    void abandon(
            @Parameters(paramLabel = "MIGRATION", description = "its id, or a VM's name: the newest of that VM") String migration) {
        ask(migration, "abandon", "giving up the VM of migration ");
    }

    private void ask(String migration, String verb, String said) {
        try (Desk desk = godwit.desk()) {
            String id = desk.migration(migration);
            JsonNode body = desk.server().post(Desk.one(Kind.MIGRATION, id) + "/" + verb);
            if (desk.structured()) {
                desk.write(body);
            } else {
                desk.say(said + id + "; watch it: godwit migration watch " + id);
            }
        }
    }
}
