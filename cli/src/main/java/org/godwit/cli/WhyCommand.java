package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.godwit.protocol.rest.Resources.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "why", description = {"Where the time of a migration went, and why it ended as it did.",
        "Each phase with its reason and the steps taken in it, what the hypervisor reported, and what to do." }, footerHeading = "%nExamples:%n", footer = {
                "  godwit why web", "  godwit why 0b6e7a52-8c1f-4f0e-9d2a-3f1c5b7d9e11" })
final class WhyCommand implements Runnable {

    private final GodwitCommand godwit;

    @Parameters(paramLabel = "MIGRATION", description = "its id, as godwit migration list shows it, or a VM's name: the newest of that VM")
    private String migration;

    WhyCommand(GodwitCommand godwit) {
        this.godwit = godwit;
    }

    @Override
    public void run() {
        try (Desk desk = godwit.desk()) {
            JsonNode body = desk.server().get(Desk.one(Kind.MIGRATION, desk.migration(migration)) + "/report");
            if (desk.structured()) {
                desk.write(body);
            } else {
                desk.say(WhyReport.render(McsClient.read(body, Report.class)).stripTrailing());
            }
        }
    }
}
