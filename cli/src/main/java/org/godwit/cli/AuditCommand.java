package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.protocol.rest.Resources.AuditEntry;
import org.godwit.protocol.rest.Resources.AuditHead;
import org.godwit.protocol.rest.Resources.Authority;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "audit", description = "The audit: who changed what, and who was refused.", footerHeading = "%nExamples:%n", footer = {
        "  godwit audit list --after 120", "  godwit audit verify" })
record AuditCommand(GodwitCommand godwit) {

    private static final Pattern HEAD = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");

    @Command(name = "list", description = "List entries in the order in which they were made, at most 1000 at a time.", footerHeading = "%nExample:%n", footer = "  godwit audit list --after 120")
    void list(
            @Option(names = "--after", defaultValue = "0", paramLabel = "NUMBER", description = "begin after this entry") long after) {
        try (Desk desk = godwit.desk()) {
            desk.list(Kind.AUDIT, Map.of("limit", "1000", "number", String.valueOf(after)));
        }
    }

    @Command(name = "verify", description = {
            "Read the whole audit and check it here: that each entry holds the one before, that the server's authority",
            "signed it, and that none is missing at the end. The head that it prints is what to compare with later:",
            "with --head, that entry must still be there, as it was." }, footerHeading = "%nExample:%n", footer = "  godwit audit verify --head 120:5f0c...")
    void verify(
            @Option(names = "--head", paramLabel = "NUMBER:HASH", description = "an entry that was there at an earlier time") String head) {
        try (Desk desk = godwit.desk()) {
            McsClient server = desk.server();
            Authority authority = McsClient.read(server.get("/v1/authority"), Authority.class);
            AuditCheck check = AuditCheck.by(authority, server.authority());
            if (head != null) {
                Matcher form = HEAD.matcher(head);
                if (!form.matches()) {
                    throw new CommandFailure(ExitStatus.BAD_USAGE,
                            "--head must look like 120: and 64 hexadecimal digits, as verify has printed it");
                }
                check.mustHold(Long.parseLong(form.group(1)), form.group(2));
            }
            // Before the entries: others may come while they are read.
            AuditHead newest = McsClient.read(server.get("/v1/audit/head"), AuditHead.class);
            while (true) {
                JsonNode items = server.get("/v1/audit?limit=1000&number=" + check.number()).path("items");
                if (items.isEmpty()) {
                    break;
                }
                items.forEach(item -> check.read(McsClient.read(item, AuditEntry.class)));
            }
            check.end(newest);
            String whole = check.number() + ":" + check.hash();
            desk.done(RestJson.lenient().createObjectNode().put("entries", check.number()).put("head", whole),
                    "the audit is whole: " + check.number() + " entries; head " + whole);
        }
    }
}
