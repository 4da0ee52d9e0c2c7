package org.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "backup", description = {
        "Fetch a backup of the control server's database, as it is at one moment; the server goes on meanwhile.",
        "mcs-backup restores it. The authority's key (ca.key on the server) is not in it: keep that apart, it never",
        "changes. The file holds mapping keys, so only you can read it." }, footerHeading = "%nExample:%n", footer = "  godwit backup godwit-$(date +%%F).backup")
final class BackupCommand implements Runnable {

    /** For a server with a large database to make it. */
    private static final Duration MAKING_LIMIT = Duration.ofMinutes(15);

    private final GodwitCommand godwit;

    @Parameters(paramLabel = "FILE", description = "does not exist yet")
    private Path file;

    BackupCommand(GodwitCommand godwit) {
        this.godwit = godwit;
    }

    @Override
    public void run() {
        try (Desk desk = godwit.desk(); SecretFile target = SecretFile.make(file)) {
            HttpResponse<InputStream> answer = desk.server().download("/v1/backup", MAKING_LIMIT);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream body = new DigestInputStream(answer.body(), digest);
                    OutputStream out = Files.newOutputStream(file)) {
                body.transferTo(out);
            } catch (IOException e) {
                throw new CommandFailure(ExitStatus.FAILED,
                        "the backup did not arrive, or could not be written to " + file + "; nothing is kept", e);
            }
            byte[] sum = digest.digest();
            String promised = answer.headers().firstValue("Repr-Digest").orElse("no checksum");
            if (!promised.equals("sha-256=:" + Base64.getEncoder().encodeToString(sum) + ":")) {
                throw new CommandFailure(ExitStatus.FAILED,
                        "the backup is not what the server said that it sends; nothing is kept");
            }
            target.keep();
            say(desk, Files.size(file), HexFormat.of().formatHex(sum));
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, file + " cannot be read again", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void say(Desk desk, long bytes, String sha256) {
        desk.done(RestJson.lenient().createObjectNode().put("file", file.toString()).put("bytes", bytes).put("sha256",
                sha256),
                "the backup is in " + file + ": " + Text.mebibytes(bytes) + ", SHA-256 " + sha256
                        + "\nnot in it: the authority's key, ca.key in the server's data folder");
    }
}
