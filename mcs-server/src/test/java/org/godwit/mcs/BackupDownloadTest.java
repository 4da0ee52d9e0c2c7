package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.godwit.mcs.operation.Backup;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.mcs.scripted.SettableClock;
import org.godwit.model.SitePrefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup is fetched from a server that runs, restored elsewhere, and a server goes on there. */
class BackupDownloadTest {

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();

    @Test
    void aServerGoesOnFromWhatWasFetched() throws Exception {
        Path file = folder.resolve("fetched");
        Admin admin;
        try (McsServer server = start("data")) {
            admin = Admin.of(folder.resolve("data"), server.restPort());
            assertThat(send(admin, "POST", "/v1/sites", "{\"name\":\"tokyo\"}").statusCode()).isEqualTo(201);
            HttpResponse<Path> answer = admin.http().send(
                    admin.request("/v1/backup").POST(HttpRequest.BodyPublishers.noBody()).build(),
                    BodyHandlers.ofFile(file));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/zip");
            assertThat(answer.headers().firstValue("Repr-Digest")).contains("sha-256=:" + Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))) + ":");
            assertThat(folder.resolve("data/.download")).doesNotExist();
            assertThat(send(admin, "GET", "/v1/audit", "").body()).contains("POST /v1/backup");
        }
        assertThat(Backup.verify(file).sha256()).containsKeys("mcs.db", "ca.crt", "audit.head")
                .doesNotContainKeys("ca.key", "admin.token");

        Backup.restore(file, folder.resolve("restored"));
        Files.copy(folder.resolve("data/ca.key"), folder.resolve("restored/ca.key"));
        try (McsServer server = start("restored")) {
            Admin same = Admin.with(admin.token().text(), server.restPort());
            assertThat(send(same, "GET", "/v1/sites", "").body()).contains("tokyo");
            assertThat(send(same, "GET", "/v1/audit", "").body()).doesNotContain("audit gap");
        }
    }

    @Test
    void whoMayOnlyOperateMayNotTakeEverythingAway() throws Exception {
        try (McsServer server = start("data")) {
            Admin admin = Admin.of(folder.resolve("data"), server.restPort());
            String body = send(admin, "POST", "/v1/tokens", "{\"name\":\"alice\",\"role\":\"operator\"}").body();
            Admin alice = Admin.with(body.replaceAll("(?s).*\"token\"\\s*:\\s*\"([^\"]+)\".*", "$1"),
                    server.restPort());
            assertThat(send(alice, "POST", "/v1/backup", "").statusCode()).isEqualTo(403);
        }
    }

    private McsServer start(String data) {
        Endpoint any = Endpoint.of("[::1]:0");
        return new McsServer(new McsConfiguration(folder.resolve(data), List.of(), any, any, any, any,
                Optional.empty(), Endpoint.ipv6("2001:db8:c::1"), SitePrefix.of("2001:db8:face::/64"), List.of(),
                RegistrationPolicy.CHECKED, ConcurrencyLimits.DEFAULT, StepLimits.DEFAULT), clock, System::nanoTime,
                () -> {});
    }

    private static HttpResponse<String> send(Admin who, String method, String path, String body) throws Exception {
        return who.http().send(who.request(path).header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }
}
