package org.godwit.cli;

import java.nio.file.Path;
import java.util.Collections;
import org.godwit.protocol.rest.Resources.NewHost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "host", description = "Hosts: machines with a hypervisor and a host-agent.", footerHeading = "%nExamples:%n", footer = {
        "  godwit host add a-1 --site a --token-file a-1.token", "  godwit host list" })
record HostCommand(GodwitCommand godwit) {

    @Command(name = "add", description = {
            "Add a host. The server answers the token with which its host-agent gets its certificate, once,",
            "within a day. It is shown this once: keep it in a file that the agent reads." }, footerHeading = "%nExample:%n", footer = "  godwit host add a-1 --site a --token-file a-1.token")
    void add(@Parameters(paramLabel = "NAME", description = "a-z, 0-9 and inner hyphens") String name,
            @Option(names = "--site", required = true, paramLabel = "SITE") String site,
            @Option(names = "--token-file", paramLabel = "FILE", description = "write the token to this new file, readable by its owner only, instead of standard output") Path tokenFile) {
        try (Desk desk = godwit.desk()) {
            new Enrolment(Kind.HOST, "token").add(desk, name, new NewHost(name, site), tokenFile);
        }
    }

    @Command(name = "token", description = {
            "Give a host a new token, shown this once: its agent gets a certificate with it, once, within a day.",
            "Needed when a certificate has expired or was revoked; what the agent has goes on to serve." }, footerHeading = "%nExample:%n", footer = "  godwit host token a-1 --token-file a-1.token")
    void token(@Parameters(paramLabel = "NAME") String name,
            @Option(names = "--token-file", paramLabel = "FILE", description = "write the token to this new file, readable by its owner only, instead of standard output") Path tokenFile) {
        try (Desk desk = godwit.desk()) {
            new Enrolment(Kind.HOST, "token").renew(desk, name, tokenFile);
        }
    }

    @Command(name = "revoke", description = {
            "Make a host's certificates and token worthless at once; the session of its agent ends.",
            "It stays in the inventory; token lets its agent enrol again." }, footerHeading = "%nExample:%n", footer = "  godwit host revoke a-1")
    void revoke(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.done(desk.server().delete(Desk.one(Kind.HOST, name) + "/certificates"),
                    "the certificates of host " + name + " are worthless");
        }
    }

    @Command(name = "list", description = "List all hosts and whether their agents are connected.", footerHeading = "%nExample:%n", footer = "  godwit host list -o json")
    int list(@Option(names = "--site", paramLabel = "SITE", description = "only those of this site") String site,
            @Option(names = {"-w", "--watch" }, description = "go on with what changes, until Ctrl-C") boolean watch) {
        return godwit.list(Kind.HOST, Collections.singletonMap("site", site), watch);
    }

    @Command(name = "show", description = "Show one host.", footerHeading = "%nExample:%n", footer = "  godwit host show a-1")
    void show(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.show(Kind.HOST, name);
        }
    }

    @Command(name = "remove", aliases = "delete", description = "Remove a host that has no VMs.", footerHeading = "%nExample:%n", footer = "  godwit host remove a-1")
    void remove(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.remove(Kind.HOST, name);
        }
    }
}
