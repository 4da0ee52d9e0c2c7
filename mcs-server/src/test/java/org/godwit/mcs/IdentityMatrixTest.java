package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.godwit.mcs.admin.AdminClient;
import org.godwit.mcs.admin.AdminServer;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.identity.ImsIdentities;
import org.godwit.mcs.identity.ImsIdentityFile;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.ImsUnreachableException;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.ims.RemoteMappings;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.mcs.scripted.DiallingAgent;
import org.godwit.mcs.scripted.HostKey;
import org.godwit.mcs.scripted.SettableClock;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.ImsIdentityStore;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.CertificatePurpose;
import org.godwit.protocol.agent.CertificateRequest;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.AuditChain;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PinnedCa;
import org.godwit.protocol.rest.RestJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Whoever is not who he should be, on every way into the control server and its mapping server: refused, recorded, and without a
 * secret in what is recorded. The table stands in docs/identity.md; its last column, libvirt and QEMU, is LabHostTest.
 */
class IdentityMatrixTest {

    private static final Path DOCUMENT = Path.of("../docs/identity.md");

    private static final Logger HOUSE = (Logger) LoggerFactory.getLogger("org.godwit");

    private enum Threat {
        EXPIRED, REVOKED, WRONG_ROLE, WRONG_HOST, REPLAYED, TAMPERED;

        String words() {
            return name().toLowerCase().replace('_', ' ');
        }
    }

    private enum Surface {
        REST, AGENTS, IMS
    }

    @FunctionalInterface
    private interface Attempt {
        /** Fails when it succeeds. */
        void isRefused(IdentityMatrixTest house) throws Exception;
    }

    /** @param trace what the audit or the log says of it */
    private record Cell(Threat threat, Surface surface, String trace, Attempt attempt) {
        @Override
        public String toString() {
            return threat + " " + surface;
        }
    }

    private static List<Cell> matrix() {
        return List.of(
                new Cell(Threat.EXPIRED, Surface.REST, "the token bob, which expired",
                        IdentityMatrixTest::expiredToken),
                new Cell(Threat.EXPIRED, Surface.AGENTS, "an expired certificate of host host-a",
                        IdentityMatrixTest::expiredAgent),
                new Cell(Threat.EXPIRED, Surface.IMS, "NotAfter", house -> house.administer(
                        house.certified(Use.IMS_ADMINISTRATOR, Duration.ofMinutes(-10)))),
                new Cell(Threat.REVOKED, Surface.REST, "the token bob, which was revoked",
                        IdentityMatrixTest::revokedToken),
                new Cell(Threat.REVOKED, Surface.AGENTS, "a revoked certificate of host host-a",
                        IdentityMatrixTest::revokedAgent),
                new Cell(Threat.REVOKED, Surface.IMS, "not, or no longer, the mapping server's",
                        IdentityMatrixTest::replacedMappingServer),
                new Cell(Threat.WRONG_ROLE, Surface.REST, "role viewer", IdentityMatrixTest::viewerWhoWrites),
                new Cell(Threat.WRONG_ROLE, Surface.AGENTS, "the certificate of host host-a for migrations",
                        IdentityMatrixTest::hypervisorAsAgent),
                new Cell(Threat.WRONG_ROLE, Surface.IMS, "a certificate for another purpose",
                        house -> house.administer(house.certified(Use.AGENT, Duration.ofHours(1)))),
                new Cell(Threat.WRONG_HOST, Surface.REST, "a token that was never given out",
                        house -> house.assertRefused(AccessToken.make(house.admin.token().authority(),
                                new SecureRandom()).text())),
                new Cell(Threat.WRONG_HOST, Surface.AGENTS, "a certificate of host host-a with the name of another",
                        house -> house.assertRefused(house.enrolled(), "host-b")),
                new Cell(Threat.WRONG_HOST, Surface.IMS, "No subject alternative names matching IP address",
                        IdentityMatrixTest::mappingServerElsewhere),
                new Cell(Threat.REPLAYED, Surface.AGENTS, "that has been used with another key",
                        IdentityMatrixTest::replayedToken),
                new Cell(Threat.TAMPERED, Surface.REST, "audit gap", IdentityMatrixTest::shortenedAudit));
    }

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();
    private final List<String> secrets = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Vertx vertx;
    private McsServer server;
    private Admin admin;
    private String invitation;

    @BeforeEach
    void start() throws Exception {
        log.start();
        HOUSE.addAppender(log);
        HOUSE.setLevel(Level.WARN);
        HOUSE.setAdditive(false);
        vertx = Vertx.vertx();
        // TLS goes by the real time: what is over for the server soon is not yet over for TLS, so it is the server that refuses.
        clock.advance(Duration.ofMinutes(30).minus(HostIdentities.CERTIFICATE_LIFE));
        startServer();
        send(admin, "POST", "/v1/sites", "{\"name\":\"a\"}");
        invitation = read(send(admin, "POST", "/v1/hosts", "{\"name\":\"host-a\",\"site\":\"a\"}")).path("token")
                .asText();
        secrets.add(invitation);
    }

    private void startServer() {
        Endpoint any = Endpoint.of("[::1]:0");
        server = new McsServer(new McsConfiguration(folder.resolve("data"), List.of(), any, any, any, any,
                Optional.empty(), Endpoint.ipv6("2001:db8:c::1"), SitePrefix.of("2001:db8:face::/64"), List.of(),
                RegistrationPolicy.CHECKED, ConcurrencyLimits.DEFAULT, StepLimits.DEFAULT), clock, System::nanoTime,
                () -> {});
        admin = Admin.of(folder.resolve("data"), server.restPort());
        secrets.add(admin.token().text());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        HOUSE.setAdditive(true);
        HOUSE.setLevel(null);
        HOUSE.detachAppender(log);
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void isRefusedAndRecordedWithoutASecret(Cell cell) throws Exception {
        cell.attempt().isRefused(this);
        Wait.until(cell.trace(), () -> recorded().contains(cell.trace()));
        assertThat(secrets).isNotEmpty().allSatisfy(secret -> assertThat(recorded())
                .doesNotContain(secret, secret.substring(secret.indexOf('.') + 1)));
    }

    @Test
    void theTableOfTheDocumentIsThisOne() throws IOException {
        String table = Arrays.stream(Threat.values()).map(threat -> "| " + threat.words() + " | "
                + Arrays.stream(Surface.values()).map(surface -> matrix().stream()
                        .filter(cell -> cell.threat() == threat && cell.surface() == surface)
                        .map(cell -> "`" + cell.trace() + "`").findFirst().orElse("-"))
                        .collect(Collectors.joining(" | ")))
                .collect(Collectors.joining("\n"));
        String written = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> Stream.of(Threat.values()).anyMatch(it -> line.startsWith("| " + it.words() + " | ")))
                .map(line -> line.substring(0, line.lastIndexOf(" | "))).collect(Collectors.joining("\n"));
        assertThat(written).isEqualTo(table);
    }

    // ---- the REST API ----

    private void expiredToken() throws Exception {
        String token = issue("viewer");
        clock.advance(Duration.ofDays(1));
        assertRefused(token);
    }

    private void revokedToken() throws Exception {
        String token = issue("operator");
        send(admin, "DELETE", "/v1/tokens/bob", "");
        assertRefused(token);
    }

    private void viewerWhoWrites() throws Exception {
        Admin viewer = Admin.with(issue("viewer"), server.restPort());
        assertThat(send(viewer, "POST", "/v1/sites", "{\"name\":\"b\"}").statusCode()).isEqualTo(403);
    }

    private void assertRefused(String token) throws Exception {
        secrets.add(token);
        HttpResponse<String> answer = send(Admin.with(token, server.restPort()), "GET", "/v1/sites", "");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain(token);
    }

    private String issue(String role) throws Exception {
        String token = read(send(admin, "POST", "/v1/tokens",
                "{\"name\":\"bob\",\"role\":\"" + role + "\",\"days\":1}")).path("token").asText();
        secrets.add(token);
        return token;
    }

    /** One entry is changed, which the chain shows; and those after it are taken off, which the next start says in the audit itself. */
    private void shortenedAudit() throws Exception {
        server.close();
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/mcs.db"))) {
            database.createStatement().execute("UPDATE audit SET actor = 'somebody else' WHERE number = 2");
            database.createStatement().execute("DELETE FROM audit WHERE number > 3");
        }
        startServer();
        JsonNode items = read(send(admin, "GET", "/v1/audit?limit=1000", "")).path("items");
        JsonNode changed = items.get(1);
        assertThat(AuditChain.hash(items.get(0).path("hash").asText(), 2, changed.path("at").asText(),
                changed.path("actor").asText(), changed.path("origin").asText(), changed.path("action").asText(),
                changed.path("outcome").asText())).isNotEqualTo(changed.path("hash").asText());
    }

    // ---- agents ----

    private HostKey enrolled() {
        return HostKey.enrol(vertx, server.agentsPort(), invitation);
    }

    private void expiredAgent() throws Exception {
        HostKey key = enrolled();
        clock.advance(HostIdentities.CERTIFICATE_LIFE);
        assertRefused(key, "host-a");
    }

    private void revokedAgent() throws Exception {
        HostKey key = enrolled();
        send(admin, "DELETE", "/v1/hosts/host-a/certificates", "");
        assertRefused(key, "host-a");
    }

    private void hypervisorAsAgent() throws Exception {
        DiallingAgent agent = dial(enrolled()).hello("host-a", "qemu+tls://[2001:db8::1]/system");
        KeyPair pair = Pem.newKeyPair();
        agent.send(AgentFrame.newBuilder().setCertificateRequest(CertificateRequest.newBuilder()
                .setPurpose(CertificatePurpose.FOR_HYPERVISOR)
                .setPublicKey(ByteString.copyFrom(pair.getPublic().getEncoded()))).build());
        HostKey hypervisor = new HostKey(admin.token().authority(), pair,
                HostKey.certificates(agent.next(McsFrame::hasCertificates).getCertificates()));
        assertRefused(hypervisor, "host-a");
    }

    private void replayedToken() {
        enrolled();
        assertThatThrownBy(this::enrolled).hasRootCauseInstanceOf(HostKey.RefusedException.class);
    }

    private void assertRefused(HostKey key, String host) {
        assertThat(dial(key).hello(host).end()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
    }

    private DiallingAgent dial(HostKey key) {
        DiallingAgent agent = new DiallingAgent(vertx, server.agentsPort(), key);
        opened.add(agent);
        return agent;
    }

    // ---- the administration of a mapping server ----

    private CertificateAuthority authority() {
        return CertificateAuthority.open(folder.resolve("data"), InstantSource.system());
    }

    private record Certified(KeyPair key, List<X509Certificate> chain) {}

    private Certified certified(Use use, Duration life) {
        KeyPair key = Pem.newKeyPair();
        return new Certified(key, authority().issue(new Subject("host-a", key.getPublic(), use, List.of(), List.of()),
                life));
    }

    private void administer(Certified who) throws Exception {
        HttpListener ims = mappingServer(identities(), "::1");
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(new PinnedCa(authority().fingerprint(), _ -> {}).context(keyManagers(who))).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://[::1]:" + ims.port() + "/v1/rows?from=0"))
                    .build();
            try {
                assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
            } catch (IOException e) {
                // The handshake was refused, which a client of TLS 1.3 hears of when it reads.
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    private void replacedMappingServer() throws Exception {
        ImsIdentities identities = identities();
        HttpListener ims = mappingServer(identities, "::1");
        identities.enrol(Pem.newKeyPair().getPublic(), InetAddress.ofLiteral("::1"));
        assertNotBelieved(identities, ims);
    }

    private void mappingServerElsewhere() throws Exception {
        ImsIdentities identities = identities();
        assertNotBelieved(identities, mappingServer(identities, "2001:db8::53"));
    }

    /** It is told nothing: the control server goes on as without it. */
    private void assertNotBelieved(ImsIdentities identities, HttpListener ims) {
        try (AdminClient client = new AdminClient(new InetSocketAddress(InetAddress.ofLiteral("::1"), ims.port()),
                identities);
                RemoteMappings mappings = RemoteMappings.start(client, mirror(), List.of(), clock)) {
            assertThatThrownBy(() -> client.list(0)).isInstanceOf(ImsUnreachableException.class);
            assertThat(mappings.isThere()).isFalse();
        }
    }

    private ImsIdentities identities() {
        return new ImsIdentities(authority(), new ImsIdentityStore(database("control")), clock);
    }

    private SqliteMappingStore mirror() {
        return new SqliteMappingStore(database("mirror"));
    }

    private Database database(String name) {
        Database database = Database.open(folder.resolve(name));
        opened.add(database);
        return database;
    }

    private HttpListener mappingServer(ImsIdentities identities, String certifiedFor) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
        KeyPair key = Pem.newKeyPair();
        SqliteMappingStore store = new SqliteMappingStore(database("ims"));
        ImsIdentityFile.write(folder.resolve("ims"), key.getPrivate(),
                identities.enrol(key.getPublic(), InetAddress.ofLiteral(certifiedFor)));
        ImsServer ims = ImsServer.start(any, store, ImsPolicy.DEFAULT, new Clocks(clock, System::nanoTime));
        opened.add(ims);
        HttpListener listener = AdminServer.start(vertx, any, ims, ImsIdentityFile.read(folder.resolve("ims")));
        opened.add(listener);
        return listener;
    }

    private static KeyManager[] keyManagers(Certified who) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", who.key().getPrivate(), new char[0], who.chain().toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    // ---- what is recorded ----

    private String recorded() {
        try {
            return send(admin, "GET", "/v1/audit?limit=1000", "").body()
                    + List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage)
                            .collect(Collectors.joining("\n"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode read(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return RestJson.strict().readTree(answer.body());
    }

    private static HttpResponse<String> send(Admin who, String method, String path, String body) throws Exception {
        return who.http().send(who.request(path).method(method, BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    }
}
