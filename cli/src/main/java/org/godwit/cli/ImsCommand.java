package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Base64;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.rest.Resources.MappingServerCertificate;
import org.godwit.protocol.rest.Resources.NewMappingServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "ims", description = "The mapping server, where it is a process of its own.", footerHeading = "%nExample:%n", footer = "  godwit ims enrol --address ::1 --identity-file identity.pem")
record ImsCommand(GodwitCommand godwit) {

    @Command(name = "enrol", aliases = "enroll", description = {
            "Make a key and have it certified for a godwit-ims. Put the file into its data folder, under the name",
            "identity.pem; then it and the control server believe each other, and the certificate renews itself.",
            "A mapping server that was enrolled before is not believed any more." }, footerHeading = "%nExample:%n", footer = "  godwit ims enrol --address 2001:db8:d::53 --identity-file identity.pem")
    void enrol(
            @Option(names = "--address", required = true, paramLabel = "ADDR", description = "where the control server administers it, as in its --ims-admin, without the port") String address,
            @Option(names = "--identity-file", required = true, paramLabel = "FILE", description = "write key and certificate to this new file, readable by its owner only") Path identityFile) {
        KeyPair key = Pem.newKeyPair();
        NewMappingServer wanted = new NewMappingServer(address,
                Base64.getEncoder().encodeToString(key.getPublic().getEncoded()));
        try (Desk desk = godwit.desk(); SecretFile file = SecretFile.make(identityFile)) {
            JsonNode body = desk.server().put("/v1/mapping-server/certificate", wanted);
            MappingServerCertificate answer = McsClient.read(body, MappingServerCertificate.class);
            file.write(Pem.of(key.getPrivate()) + answer.chain().strip());
            desk.done(body, "the mapping server at " + answer.address() + " is enrolled until " + answer.expiresAt()
                    + "; its key and certificate are in " + identityFile);
        }
    }
}
