package org.godwit.cli;

import org.godwit.protocol.rest.Resources.Authority;
import picocli.CommandLine.Command;

@Command(name = "ca", description = "The control server's own certificate authority.", footerHeading = "%nExample:%n", footer = "  godwit ca show")
record AuthorityCommand(GodwitCommand godwit) {

    @Command(name = "show", description = "Print its fingerprint (SHA-256) and its certificate, for programs that want to check the server.", footerHeading = "%nExample:%n", footer = "  godwit ca show | sed -n '/BEGIN/,$p' > ca.crt")
    void show() {
        try (Desk desk = godwit.desk()) {
            var body = desk.server().get("/v1/authority");
            if (desk.structured()) {
                desk.write(body);
                return;
            }
            Authority authority = McsClient.read(body, Authority.class);
            desk.say(Text.shown(authority.fingerprint()));
            authority.certificate().lines().map(Text::shown).forEach(desk::say);
        }
    }
}
