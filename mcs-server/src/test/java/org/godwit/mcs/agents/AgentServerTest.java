package org.godwit.mcs.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.identity.ServerNames;
import org.godwit.mcs.identity.ServerTls;
import org.godwit.mcs.scripted.DiallingAgent;
import org.godwit.mcs.scripted.HostKey;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.scripted.SettableClock;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.AuditStore;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.Host;
import org.godwit.mcs.store.HostIdentityStore;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.Precondition;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.Name;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.CertificatePurpose;
import org.godwit.protocol.agent.CertificateRequest;
import org.godwit.protocol.agent.Certificates;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Heartbeat;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.VmPaused;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PinnedCa;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions over loopback. */
class AgentServerTest {

    private static final Name HOST = Inventory.HOST_A;

    @TempDir
    Path folder;

    private final List<DiallingAgent> dialled = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Name> welcomed = new LinkedBlockingQueue<>();
    private AgentSessions sessions = new AgentSessions(Duration.ofMinutes(1), System::nanoTime);
    private Database database;
    private InventoryStore inventory;
    private Vertx vertx;
    private AgentServer server;
    private final SettableClock clock = new SettableClock();
    private CertificateAuthority authority;
    private HostIdentities identities;
    private Audit audit;
    private HostKey key;

    @BeforeEach
    void start() {
        database = Database.open(folder.resolve("data"));
        inventory = Inventory.fill(database);
        vertx = Vertx.vertx();
        authority = CertificateAuthority.open(folder.resolve("data"), clock);
        audit = Audit.open(authority, new AuditStore(database), folder.resolve("data"), clock);
        identities = new HostIdentities(authority, new HostIdentityStore(database), clock, Duration.ofHours(3));
        sessions.whenConnected(welcomed::add);
        server = server(Duration.ofSeconds(10));
        key = HostKey.enrol(vertx, server.port(), identities.invite(HOST).token().text());
    }

    @AfterEach
    void stop() {
        dialled.forEach(DiallingAgent::close);
        server.close();
        sessions.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        // A refusal may still be on its way there, and from now on leaves no file behind.
        audit.close();
        database.close();
    }

    @Test
    void anAgentWithItsCertificateIsWelcome() throws InterruptedException {
        McsFrame welcome = dial().hello("host-a").next();
        assertThat(welcome.getWelcome().getProtocolVersion()).isEqualTo(1);
        assertThat(welcome.getWelcome().getLeaseMs()).isEqualTo(10_000);
        assertThat(welcomed.poll(30, TimeUnit.SECONDS)).isEqualTo(HOST);
        assertThat(sessions.connected(HOST)).isTrue();
        assertThat(sessions.connected(Inventory.HOST_B)).isFalse();
        assertThat(inventory.host(HOST).flatMap(Host::libvirtUri)).contains("qemu+tcp://[2001:db8::1]/system");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host-b", "host-c", "no such name", "" })
    void aCertificateSaysWhoSomebodyIsWhateverHeSays(String host) {
        assertThat(dial().hello(host).end()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        assertThat(sessions.connected(HOST)).isFalse();
        assertThat(sessions.connected(Inventory.HOST_B)).isFalse();
    }

    @Test
    void withoutACertificateNobodyIsHeard() {
        assertThat(dial(HostKey.none(authority.fingerprint())).hello("host-a").end())
                .isEqualTo(GrpcStatus.UNAUTHENTICATED);
        awaitAudit("session", "refused: no certificate");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() throws IOException {
        CertificateAuthority other = CertificateAuthority.open(Files.createDirectory(folder.resolve("other")), clock);
        HostKey forged = key.with(other.issue(new Subject("host-a", key.key().getPublic(), Use.AGENT,
                List.of(), List.of()), Duration.ofHours(1)));
        assertThat(dial(forged).hello("host-a").end()).isIn(GrpcStatus.UNAVAILABLE, GrpcStatus.UNAUTHENTICATED);
        assertThat(sessions.connected(HOST)).isFalse();
    }

    @Test
    void aServerOfAnotherAuthorityIsToldNothing() throws IOException {
        CertificateAuthority other = CertificateAuthority.open(Files.createDirectory(folder.resolve("other")), clock);
        AccessToken token = AccessToken.make(other.fingerprint(), new SecureRandom());
        assertThatThrownBy(() -> HostKey.enrol(vertx, server.port(), token.text()))
                .hasRootCauseInstanceOf(CertificateException.class);
    }

    @Test
    void aTokenIsGoodForOneKeyAndForADay() {
        String token = identities.invite(HOST).token().text();
        HostKey first = HostKey.enrol(vertx, server.port(), token);
        assertThat(first.enrolWith(vertx, server.port(), token).chain()).as("the answer was lost").hasSize(2);
        assertThatThrownBy(() -> HostKey.enrol(vertx, server.port(), token)).as("replayed")
                .hasRootCauseInstanceOf(HostKey.RefusedException.class);
        String older = identities.invite(HOST).token().text();
        String newer = identities.invite(HOST).token().text();
        assertThatThrownBy(() -> HostKey.enrol(vertx, server.port(), older)).as("replaced")
                .hasRootCauseInstanceOf(HostKey.RefusedException.class);
        clock.advance(HostIdentities.TOKEN_LIFE);
        assertThatThrownBy(() -> HostKey.enrol(vertx, server.port(), newer)).as("expired")
                .hasRootCauseInstanceOf(HostKey.RefusedException.class);
    }

    @Test
    void aFaultOfTheServerIsNotTakenForABadToken() throws SQLException {
        String token = identities.invite(HOST).token().text();
        behindTheServersBack("ALTER TABLE host_enrolments RENAME TO mislaid");
        assertThatThrownBy(() -> HostKey.enrol(vertx, server.port(), token)).hasRootCauseMessage(
                "refused with " + GrpcStatus.UNAVAILABLE);
        behindTheServersBack("ALTER TABLE mislaid RENAME TO host_enrolments");
        assertThat(HostKey.enrol(vertx, server.port(), token).chain()).hasSize(2);
    }

    private void behindTheServersBack(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/mcs.db"));
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void aRevokedHostIsCutAndNotHeardUntilItIsEnrolledAnew() throws InterruptedException {
        HostAccess access = new HostAccess(inventory, identities, sessions);
        DiallingAgent agent = connected();
        access.revoke(HOST);
        assertThat(agent.end()).isEqualTo(GrpcStatus.ABORTED);
        assertThat(dial().hello("host-a").end()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        key = HostKey.enrol(vertx, server.port(), access.invite(HOST).token().text());
        connected();
    }

    @Test
    void aRevokedHostGetsNoOtherCertificateWhileItsSessionIsBeingCut() throws InterruptedException {
        DiallingAgent agent = connected("qemu+tls://[2001:db8::1]/system");
        identities.revoke(HOST);
        agent.send(AgentFrame.newBuilder().setCertificateRequest(CertificateRequest.newBuilder()
                .setPublicKey(ByteString.copyFrom(Pem.newKeyPair().getPublic().getEncoded()))).build());
        assertThat(certifyHypervisor(agent, Pem.newKeyPair()).getRefusal())
                .isEqualTo("host host-a has no certificate any more that another could follow: enrol it anew");
        awaitAudit("renew", "refused: host host-a has no certificate any more");
    }

    @Test
    void whatARevokedHostStillSaysIsHeardByNobody() throws InterruptedException {
        DiallingAgent agent = connected();
        CompletableFuture<Outcome> answer = sessions.perform(HOST, command("1"), _ -> {});
        agent.nextCommand();
        new HostAccess(inventory, identities, sessions).revoke(HOST);
        assertThat(agent.end()).isEqualTo(GrpcStatus.ABORTED);
        agent.send(outcome("1"));
        // On the same connection, so after it.
        agent.awaitPong();
        assertThat(answer).isNotDone();
    }

    @Test
    void whoSaysNothingLosesHisConnection() throws Exception {
        server.close();
        server = server(Duration.ofMillis(300));
        SSLContext trusting = SSLContext.getInstance("TLSv1.3");
        trusting.init(null, new TrustManager[]{new PinnedCa(authority.fingerprint()) }, null);
        try (Socket silent = trusting.getSocketFactory().createSocket("::1", server.port())) {
            silent.setSoTimeout(10_000);
            assertThat(silent.getInputStream().readAllBytes()).as("until the server hangs up").isNotNull();
        }
    }

    @Test
    void otherHostsAreToldWhomTheyAreToRefuse() throws Exception {
        HostAccess access = new HostAccess(inventory, identities, sessions);
        X509Certificate revoked = HostKey.certificates(
                certifyHypervisor(connected("qemu+tls://[2001:db8::1]/system"), Pem.newKeyPair())).getFirst();
        key = HostKey.enrol(vertx, server.port(), identities.invite(Inventory.HOST_B).token().text());
        DiallingAgent other = dial().hello("host-b");
        other.next();
        access.tellRevocations(Inventory.HOST_B);
        assertThat(revocations(other).getRevokedCertificates()).as("none yet").isNull();
        access.revoke(HOST);
        X509CRL list = revocations(other);
        list.verify(authority.certificate().getPublicKey());
        assertThat(list.isRevoked(revoked)).isTrue();
        assertThat(list.isRevoked(key.chain().getFirst())).isFalse();
        inventory.removeVm(Inventory.VM, Precondition.NONE);
        assertThat(access.remove(HOST, Precondition.NONE)).isTrue();
        assertThat(revocations(other).isRevoked(revoked)).as("removed, too").isTrue();
        clock.advance(Duration.ofHours(4));
        access.tellRevocations(Inventory.HOST_B);
        assertThat(revocations(other).getRevokedCertificates()).as("ended by itself").isNull();
    }

    private static X509CRL revocations(DiallingAgent agent) throws Exception {
        return Pem.revocations(agent.next().getRevocations().getList().toByteArray());
    }

    @Test
    void aHostThatWasRemovedAndAddedAgainIsAnother() {
        inventory.removeVm(Inventory.VM, Precondition.NONE);
        assertThat(new HostAccess(inventory, identities, sessions).remove(HOST, Precondition.NONE)).isTrue();
        inventory.addHost(HOST, Name.of("a"));
        assertThat(dial().hello("host-a").end()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
    }

    @Test
    void aCertificateIsRenewedInTheMiddleOfASession() throws InterruptedException {
        DiallingAgent agent = connected();
        KeyPair next = Pem.newKeyPair();
        agent.send(AgentFrame.newBuilder().setCertificateRequest(CertificateRequest.newBuilder()
                .setPublicKey(ByteString.copyFrom(next.getPublic().getEncoded()))).build());
        key = new HostKey(authority.fingerprint(), next, HostKey.certificates(agent.next().getCertificates()));
        assertThat(sessions.connected(HOST)).isTrue();
        connected();
    }

    @Test
    void whatAnAgentDidAloneIsAnsweredWhenItIsRecorded() throws InterruptedException {
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        sessions.whenRefused((_, said) -> refused.add(said));
        sessions.onDeeds((host, deed) -> {
            if (deed.getEpoch() == 1) {
                throw new IllegalStateException("the disk is full");
            }
            return deed.getEpoch() == 2 ? Optional.of(host + " has no business there") : Optional.empty();
        });
        DiallingAgent agent = connected();
        for (long epoch = 1; epoch <= 3; epoch++) {
            agent.send(AgentFrame.newBuilder().setDeed(Deed.newBuilder().setEpoch(epoch)).build());
        }
        assertThat(agent.next().getDeedRecorded().getEpoch()).as("the first is to be told again").isEqualTo(2);
        assertThat(agent.next().getDeedRecorded().getEpoch()).isEqualTo(3);
        assertThat(refused).containsExactly("host-a has no business there");
    }

    @Test
    void libvirtGetsACertificateForWhereTheHostIsReached() throws Exception {
        DiallingAgent agent = connected("qemu+tls://[2001:db8::1]/system");
        List<X509Certificate> chain = HostKey.certificates(certifyHypervisor(agent, Pem.newKeyPair()));
        X509Certificate own = chain.getFirst();
        assertThat(own.getSubjectX500Principal().getName()).isEqualTo("CN=host-a,OU=hypervisor,O=Godwit");
        assertThat(own.getSubjectAlternativeNames()).containsExactly(List.of(7, "2001:db8:0:0:0:0:0:1"));
        assertThat(own.getExtendedKeyUsage()).as("server and client").containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1",
                "1.3.6.1.5.5.7.3.2");
        own.verify(chain.getLast().getPublicKey());
        awaitAudit("certify for migrations", "certificate " + own.getSerialNumber().toString(16));
    }

    @Test
    void aHostIsNotCertifiedAsAnother() throws Exception {
        assertThat(certifyHypervisor(connected("qemu+tls://[2001:db8::1]/system"), Pem.newKeyPair()).getRefusal())
                .isEmpty();
        key = HostKey.enrol(vertx, server.port(), identities.invite(Inventory.HOST_B).token().text());
        DiallingAgent other = dial().hello("host-b", "qemu+tls://[2001:db8:0::1]/system");
        other.next();
        assertThat(certifyHypervisor(other, Pem.newKeyPair()).getRefusal()).contains("host host-a", "2001:db8");
        awaitAudit("certify for migrations", "refused: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu:///system", "qemu+tls://[::1]/system", "qemu+tls://localhost/system",
            "qemu+tls://[fe80::1]/system", "qemu+tls://a_b/system", "", "qemu+tls://*.example.org/system" })
    void aHostIsNotCertifiedAsNobody(String libvirtUri) throws Exception {
        assertThat(certifyHypervisor(connected(libvirtUri), Pem.newKeyPair()).getRefusal()).contains("libvirt-uri");
    }

    @Test
    void aCertificateForMigrationsAnswersForNoControlServer() throws Exception {
        X509Certificate[] chain = HostKey
                .certificates(certifyHypervisor(connected("qemu+tls://[2001:db8::1]/system"), Pem.newKeyPair()))
                .toArray(X509Certificate[]::new);
        assertThatThrownBy(() -> new PinnedCa(authority.fingerprint()).checkServerTrusted(chain, "UNKNOWN"))
                .isInstanceOf(CertificateException.class).hasMessageContaining("CN=host-a,OU=hypervisor");
    }

    private static Certificates certifyHypervisor(DiallingAgent agent, KeyPair pair) throws InterruptedException {
        agent.send(AgentFrame.newBuilder().setCertificateRequest(
                CertificateRequest.newBuilder().setPurpose(CertificatePurpose.FOR_HYPERVISOR)
                        .setPublicKey(ByteString.copyFrom(pair.getPublic().getEncoded())))
                .build());
        Certificates answer = agent.next().getCertificates();
        assertThat(answer.getPurpose()).isEqualTo(CertificatePurpose.FOR_HYPERVISOR);
        return answer;
    }

    @Test
    void aSessionEndsWithItsCertificate() throws InterruptedException {
        clock.advance(Duration.ofHours(3).minusSeconds(3));
        DiallingAgent agent = connected();
        assertThat(agent.end()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
    }

    @Test
    void aHostSpeaksOfItsOwnCommandsAndVmsOnly() throws InterruptedException {
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        sessions.whenRefused((host, said) -> refused.add(host + ": " + said));
        CompletableFuture<Outcome> other = sessions.perform(Inventory.HOST_B, command("2"), _ -> {});
        BlockingQueue<Notice> heard = new LinkedBlockingQueue<>();
        try (Agents.Watch _ = sessions.watch(Inventory.HOST_B, Plans.VM_UUID, heard::add)) {
            connected().send(outcome("2")).send(AgentFrame.newBuilder()
                    .setNotice(Notice.newBuilder().setVmUuid(Plans.VM_UUID.toString())).build());
            assertThat(refused.poll(30, TimeUnit.SECONDS)).startsWith("host-a: the outcome of command 2");
            assertThat(refused.poll(30, TimeUnit.SECONDS)).startsWith("host-a: a notice of VM " + Plans.VM_UUID);
        }
        assertThat(other).isNotDone();
        assertThat(heard).isEmpty();
    }

    private void awaitAudit(String action, String outcome) {
        Wait.until(action + " " + outcome, () -> audit.after(0, 1000).stream()
                .anyMatch(entry -> entry.action().equals(action) && entry.outcome().startsWith(outcome)));
    }

    @Test
    void nothingIsHeardBeforeTheHello() {
        AgentFrame early = AgentFrame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();
        assertThat(dial().send(early).end()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
    }

    @Test
    void anotherProtocolVersionIsRefused() {
        AgentFrame hello = AgentFrame.newBuilder()
                .setHello(Hello.newBuilder().setProtocolVersion(2).setHost("host-a")).build();
        assertThat(dial().send(hello).end()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
    }

    @Test
    void anAgentThatFallsSilentLosesItsSession() throws InterruptedException {
        server.close();
        // Before it falls silent it must get a word in, also on a machine that is busy.
        server = server(Duration.ofSeconds(1));
        DiallingAgent agent = connected();
        assertThat(agent.end()).isEqualTo(GrpcStatus.DEADLINE_EXCEEDED);
        Wait.until("no session", () -> !sessions.connected(HOST));
    }

    @Test
    void aCommandIsAnsweredAfterItsNotices() throws InterruptedException {
        DiallingAgent agent = connected();
        List<String> heard = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> answered = sessions
                .perform(HOST, command("1"), notice -> heard.add(notice.getNoticeCase().name()))
                .thenAccept(outcome -> heard.add(outcome.getResultCase().name()));
        assertThat(agent.nextCommand().getId()).isEqualTo("1");
        agent.send(outcome("of nobody")).send(AgentFrame.newBuilder()
                .setNotice(Notice.newBuilder().setCommandId("1").setVmPaused(VmPaused.getDefaultInstance())).build())
                .send(outcome("1"));
        answered.orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(heard).containsExactly("VM_PAUSED", "DONE");
    }

    @Test
    void whatAnAgentSaysOfItsOwnAccordIsHeardByWhoeverWatchesThatVm() throws InterruptedException {
        DiallingAgent agent = connected();
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Agents.Watch closed = sessions.watch(HOST, Plans.VM_UUID, _ -> heard.add("a closed watch"));
        closed.close();
        try (Agents.Watch _ = sessions.watch(HOST, UUID.randomUUID(), _ -> heard.add("another VM's watch"));
                Agents.Watch _ = sessions.watch(HOST, Plans.VM_UUID,
                        notice -> heard.add(notice.getNoticeCase().name()))) {
            agent.send(AgentFrame.newBuilder().setNotice(Notice.newBuilder().setVmUuid(Plans.VM_UUID.toString())
                    .setVmPaused(VmPaused.getDefaultInstance())).build());
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("VM_PAUSED");
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aCommandOutlivesItsSession() throws InterruptedException {
        DiallingAgent first = connected();
        CompletableFuture<Outcome> answer = sessions.perform(HOST, command("1"), _ -> {});
        assertThat(first.nextCommand().getSentAgain()).isFalse();
        DiallingAgent second = connected();
        assertThat(first.end()).as("replaced").isEqualTo(GrpcStatus.ABORTED);
        Command again = second.nextCommand();
        assertThat(again.getId()).isEqualTo("1");
        assertThat(again.getSentAgain()).isTrue();
        second.send(outcome("1"));
        assertThat(answer.orTimeout(30, TimeUnit.SECONDS).join().hasDone()).isTrue();
        assertThat(sessions.connected(HOST)).isTrue();
    }

    @Test
    void aCommandWaitsForAnAgentThatIsAway() throws InterruptedException {
        CompletableFuture<Outcome> answer = sessions.perform(HOST, command("1"), _ -> {});
        DiallingAgent agent = connected();
        assertThat(agent.nextCommand().getSentAgain()).as("it was never sent").isFalse();
        agent.send(outcome("1"));
        answer.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Test
    void anAgentThatStaysAwayIsLost() throws InterruptedException {
        server.close();
        sessions.close();
        sessions = new AgentSessions(Duration.ofMillis(100), System::nanoTime);
        server = server(Duration.ofSeconds(10));
        DiallingAgent agent = connected();
        CompletableFuture<Outcome> answer = sessions.perform(HOST, command("1"), _ -> {});
        agent.nextCommand();
        agent.close();
        assertThatThrownBy(() -> answer.orTimeout(30, TimeUnit.SECONDS).join())
                .hasCauseInstanceOf(AgentLostException.class);
    }

    private AgentServer server(Duration lease) {
        ServerTls tls = new ServerTls(authority, ServerNames.of(List.of(), List.of()), clock);
        return AgentServer.start(new InetSocketAddress("::1", 0), tls,
                new AgentServer.House(sessions, identities, inventory, audit), lease);
    }

    private DiallingAgent dial() {
        return dial(key);
    }

    private DiallingAgent dial(HostKey shown) {
        DiallingAgent agent = new DiallingAgent(vertx, server.port(), shown);
        dialled.add(agent);
        return agent;
    }

    private DiallingAgent connected() throws InterruptedException {
        return connected("qemu+tcp://[2001:db8::1]/system");
    }

    private DiallingAgent connected(String libvirtUri) throws InterruptedException {
        DiallingAgent agent = dial().hello("host-a", libvirtUri);
        assertThat(agent.next().hasWelcome()).isTrue();
        return agent;
    }

    private static Command command(String id) {
        return Command.newBuilder().setId(id).setArm(Arm.getDefaultInstance()).build();
    }

    private static AgentFrame outcome(String id) {
        return AgentFrame.newBuilder()
                .setOutcome(Outcome.newBuilder().setCommandId(id).setDone(Done.getDefaultInstance()))
                .build();
    }
}
