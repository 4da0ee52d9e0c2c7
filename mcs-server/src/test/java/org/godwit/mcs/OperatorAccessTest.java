package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.godwit.mcs.rest.Answers;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.mcs.scripted.SettableClock;
import org.godwit.mcs.scripted.Wait;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.identity.PinnedCa;
import org.godwit.protocol.rest.RestJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask for what, what becomes of whoever may not, and that it is all recorded. */
class OperatorAccessTest {

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();
    private McsServer server;
    private Admin admin;

    @BeforeEach
    void start() {
        Endpoint any = Endpoint.of("[::1]:0");
        server = new McsServer(new McsConfiguration(folder.resolve("data"), List.of(), any, any, any, any,
                Optional.empty(), Endpoint.ipv6("2001:db8:c::1"), SitePrefix.of("2001:db8:face::/64"), List.of(),
                RegistrationPolicy.CHECKED, ConcurrencyLimits.DEFAULT, StepLimits.DEFAULT),
                clock, System::nanoTime, () -> {});
        admin = Admin.of(folder.resolve("data"), server.restPort());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void secretsAreInFilesThatOnlyTheServersUserReads() throws Exception {
        for (String file : List.of("admin.token", "ca.key", "mcs.db", "audit.head")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data/" + file))))
                    .as(file).isEqualTo("rw-------");
        }
        assertThat(Files.readString(folder.resolve("data/ca.crt"))).doesNotContain("PRIVATE");
    }

    @ParameterizedTest
    @CsvSource({"viewer, GET, /v1/sites, 200", "viewer, POST, /v1/sites, 403", "viewer, POST, /v1/migrations, 403",
            "viewer, GET, /v1/tokens, 403", "viewer, GET, /v1/audit, 403", "viewer, DELETE, /v1/hosts/x, 403",
            "operator, GET, /v1/vms, 200", "operator, DELETE, /v1/vms/x, 404", "operator, POST, /v1/hosts/x/token, 403",
            "operator, DELETE, /v1/hosts/x/certificates, 403", "operator, POST, /v1/tokens, 403",
            "admin, DELETE, /v1/hosts/x, 404", "admin, GET, /v1/audit, 200" })
    void aTokenMayDoWhatItsRoleMay(String role, String method, String path, int status) throws Exception {
        Admin somebody = Admin.with(issue("somebody", role), server.restPort());
        assertThat(send(somebody, method, path, "").statusCode()).isEqualTo(status);
        if (status == 403) {
            assertThat(audit()).contains("operator:somebody").contains("refused: role " + role);
        }
    }

    @Test
    void whatIsOpenNeedsNoTokenAndNothingElseIsOpen() throws Exception {
        for (String path : List.of("/v1/health", "/v1/openapi.json", "/v1/docs", "/v1/console",
                "/v1/authority")) {
            assertThat(anonymous(path).statusCode()).as(path).isEqualTo(200);
        }
        for (String path : List.of("/v1/sites", "/v1/hosts", "/v1/events", "/v1/audit", "/v1/tokens")) {
            HttpResponse<String> response = anonymous(path);
            assertThat(response.statusCode()).as(path).isEqualTo(401);
            assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
        assertThat(audit()).contains("refused: no token");
    }

    /** That they are refused is in IdentityMatrixTest. */
    @Test
    void theListSaysWhichTokensAreOver() throws Exception {
        String revoked = issue("alice", "operator");
        assertThat(send(admin, "DELETE", "/v1/tokens/alice", "").statusCode()).isEqualTo(204);
        String expired = issue("bob", "viewer");
        clock.advance(Duration.ofDays(1));
        assertThat(send(admin, "GET", "/v1/tokens", "").body()).contains("\"expired\"", "\"revoked\"", "\"good\"")
                .doesNotContain(expired, revoked);
    }

    @Test
    void aStreamIsCutWhenItsTokenIsRevokedOrExpiresAndOthersAreNot() throws Exception {
        Admin alice = Admin.with(issue("alice", "viewer"), server.restPort());
        Admin bob = Admin.with(issue("bob", "viewer"), server.restPort());
        String events = "/v1/events?kind=site.added";
        try (EventReader hers = new EventReader(alice, events);
                EventReader his = new EventReader(bob, events);
                EventReader admins = new EventReader(admin, events)) {
            send(admin, "DELETE", "/v1/tokens/alice", "");
            hers.assertCut();
            send(admin, "POST", "/v1/sites", "{\"name\":\"a\"}");
            assertThat(his.next()).containsEntry("event", "site.added");
            clock.advance(Duration.ofDays(1));
            his.assertCut();
            send(admin, "POST", "/v1/sites", "{\"name\":\"b\"}");
            assertThat(admins.next().get("data")).contains("\"a\"");
            assertThat(admins.next().get("data")).contains("\"b\"");
        }
        awaitAudit("the rest of a stream: the token was revoked");
        awaitAudit("the rest of a stream: the token has expired");
    }

    @Test
    void aNameIsGivenAgainOnlyWhenItsTokenIsOver() throws Exception {
        issue("alice", "viewer");
        assertThat(send(admin, "POST", "/v1/tokens", "{\"name\":\"alice\",\"role\":\"admin\"}").statusCode())
                .isEqualTo(409);
        send(admin, "DELETE", "/v1/tokens/alice", "");
        issue("alice", "viewer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\":\"x\",\"role\":\"anybody\"}", "{\"name\":\"x\",\"role\":\"king\"}",
            "{\"name\":\"x\",\"role\":\"viewer\",\"days\":0}", "{\"name\":\"x\",\"role\":\"viewer\",\"days\":367}" })
    void aTokenThatCannotBeIsRefused(String body) throws Exception {
        assertThat(send(admin, "POST", "/v1/tokens", body).statusCode()).isEqualTo(400);
    }

    @Test
    void whenNoAdminIsLeftAStartMakesOne() throws Exception {
        String before = admin.token().text();
        send(admin, "DELETE", "/v1/tokens/admin", "");
        server.close();
        start();
        assertThat(admin.token().text()).isNotEqualTo(before);
        assertThat(send(admin, "GET", "/v1/sites", "").statusCode()).isEqualTo(200);
    }

    @Test
    void olderTlsAndPlainTextAreNotSpoken() throws Exception {
        try (SSLSocket socket = (SSLSocket) new PinnedCa(admin.token().authority()).context().getSocketFactory()
                .createSocket(InetAddress.ofLiteral("::1"), server.restPort())) {
            socket.setEnabledProtocols(new String[]{"TLSv1.2" });
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
        try (Socket socket = new Socket(InetAddress.ofLiteral("::1"), server.restPort())) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write("GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
            assertThat(new String(socket.getInputStream().readAllBytes())).doesNotContain("HTTP");
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    void whatIsChangedIsRecordedBeforeAndAfter() throws Exception {
        send(admin, "POST", "/v1/sites", "{\"name\":\"a\"}");
        List<String> outcomes = RestJson.strict().readTree(audit()).path("items").findValuesAsText("outcome");
        assertThat(outcomes).containsSubsequence("asked", "201 /v1/sites/a");
    }

    private String issue(String name, String role) throws Exception {
        HttpResponse<String> response = send(admin, "POST", "/v1/tokens",
                "{\"name\":\"" + name + "\",\"role\":\"" + role + "\",\"days\":1}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        JsonNode issued = RestJson.strict().readTree(response.body());
        return issued.path("token").asText();
    }

    private void awaitAudit(String words) {
        Wait.until(words, () -> {
            try {
                return audit().contains(words);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private String audit() throws Exception {
        return send(admin, "GET", "/v1/audit?limit=1000", "").body();
    }

    private HttpResponse<String> anonymous(String path) throws Exception {
        HttpResponse<String> response = admin.http().send(admin.withoutToken(path).build(), BodyHandlers.ofString());
        Answers.check(response);
        return response;
    }

    private static HttpResponse<String> send(Admin who, String method, String path, String body) throws Exception {
        HttpResponse<String> response = who.http().send(
                who.request(path).method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
        Answers.check(response);
        return response;
    }
}
