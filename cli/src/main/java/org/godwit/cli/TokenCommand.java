package org.godwit.cli;

import java.nio.file.Path;
import org.godwit.protocol.rest.Resources.NewToken;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "token", description = "Tokens: what operators and programs ask the control server with.", footerHeading = "%nExamples:%n", footer = {
        "  godwit token add alice --role operator --token-file alice.token", "  godwit token list",
        "  godwit token revoke alice" })
record TokenCommand(GodwitCommand godwit) {

    @Command(name = "add", description = {
            "Make a token. Viewers look; operators add and move VMs and peers; admins do everything.",
            "It is shown this once: keep it in a file that --auth-file or GODWIT_TOKEN_FILE names." }, footerHeading = "%nExample:%n", footer = "  godwit token add alice --role operator --days 30 --token-file alice.token")
    void add(@Parameters(paramLabel = "NAME", description = "by which the audit knows its holder") String name,
            @Option(names = "--role", required = true, paramLabel = "viewer|operator|admin", completionCandidates = Words.Roles.class, converter = Words.Roles.class) String role,
            @Option(names = "--days", paramLabel = "N", description = "how long it is good, 1 to 366; 90 when not given") Integer days,
            @Option(names = "--token-file", paramLabel = "FILE", description = "write the token to this new file, readable by its owner only, instead of standard output") Path tokenFile) {
        try (Desk desk = godwit.desk()) {
            new Enrolment(Kind.TOKEN, "token").add(desk, name, new NewToken(name, role, days), tokenFile);
        }
    }

    @Command(name = "list", description = "List all tokens, without their secrets.", footerHeading = "%nExample:%n", footer = "  godwit token list")
    void list() {
        try (Desk desk = godwit.desk()) {
            desk.list(Kind.TOKEN);
        }
    }

    @Command(name = "revoke", description = "Make a token worthless at once.", footerHeading = "%nExample:%n", footer = "  godwit token revoke alice")
    void revoke(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.done(desk.server().delete(Desk.one(Kind.TOKEN, name)), "the token " + name + " is worthless");
        }
    }
}
