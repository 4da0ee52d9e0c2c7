package org.godwit.cli;

import org.godwit.protocol.rest.Resources.Site;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "site", description = "Sites: places with an IPv6 prefix and a gateway of their own.", footerHeading = "%nExamples:%n", footer = {
        "  godwit site add a", "  godwit site list" })
record SiteCommand(GodwitCommand godwit) {

    @Command(name = "add", description = "Add a site.", footerHeading = "%nExample:%n", footer = "  godwit site add a")
    void add(@Parameters(paramLabel = "NAME", description = "a-z, 0-9 and inner hyphens") String name) {
        try (Desk desk = godwit.desk()) {
            desk.add(Kind.SITE, name, new Site(name));
        }
    }

    @Command(name = "list", description = "List all sites.", footerHeading = "%nExample:%n", footer = "  godwit site list -o json")
    void list() {
        try (Desk desk = godwit.desk()) {
            desk.list(Kind.SITE);
        }
    }

    @Command(name = "show", description = "Show one site.", footerHeading = "%nExample:%n", footer = "  godwit site show a")
    void show(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.show(Kind.SITE, name);
        }
    }

    @Command(name = "remove", aliases = "delete", description = "Remove a site that has neither gateway nor hosts.", footerHeading = "%nExample:%n", footer = "  godwit site remove a")
    void remove(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.remove(Kind.SITE, name);
        }
    }
}
