package org.godwit.mcs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.mcs.identity.ImsIdentities;
import org.godwit.mcs.identity.ImsIdentityFile;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.ImsAdmin;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.ImsUnreachableException;
import org.godwit.mcs.ims.MappingRefusedException;
import org.godwit.mcs.ims.Write;
import org.godwit.mcs.scripted.SettableClock;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.ImsIdentityStore;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.godwit.protocol.identity.Pem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminChannelTest {

    private static final HomeAddress HOA = HomeAddress.of("2001:db8:face::1");
    private static final HomeAddress OTHER = HomeAddress.of("2001:db8:face::2");
    private static final MobileAddress MOA = MobileAddress.of("2001:db8:a::1");
    private static final MappingKey KEY = MappingKey.of(new byte[32]);
    private static final Epoch EPOCH = new Epoch(3);
    private static final AdminClient.Limits PATIENT = new AdminClient.Limits(Duration.ofSeconds(20),
            Duration.ofSeconds(20));
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir
    Path folder;

    /** Begins so early that a certificate of later is good for TLS, too, which goes by the real time. */
    private final SettableClock clock = new SettableClock();
    private Vertx vertx;
    private Database database;
    private ImsServer ims;
    private CertificateAuthority authority;
    private ImsIdentities identities;
    private HttpListener server;
    private AdminClient client;

    @BeforeEach
    void start() throws IOException {
        clock.advance(Duration.ofDays(-25));
        vertx = Vertx.vertx();
        database = Database.open(folder.resolve("data"));
        InetSocketAddress any = new InetSocketAddress(HERE, 0);
        authority = CertificateAuthority.open(folder, clock);
        identities = new ImsIdentities(authority, new ImsIdentityStore(database), clock);
        enrol(identities);
        ims = ImsServer.start(any, new SqliteMappingStore(database), ImsPolicy.DEFAULT,
                new Clocks(InstantSource.system(), System::nanoTime));
        server = AdminServer.start(vertx, any, ims, ImsIdentityFile.read(folder));
        client = client(identities);
    }

    private void enrol(ImsIdentities by) throws IOException {
        KeyPair key = Pem.newKeyPair();
        ImsIdentityFile.write(folder, key.getPrivate(), by.enrol(key.getPublic(), HERE));
    }

    private AdminClient client(ImsIdentities identities) {
        return new AdminClient(new InetSocketAddress(HERE, server.port()), identities, PATIENT);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        ims.close();
        database.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whatIsToldIsDoneAndHeardOfAgain() throws Exception {
        Enrolment rotating = Enrolment.of(OTHER, KEY).withRegisterNonce(-1).withSuccessor(MappingKey.of(new byte[16]),
                Instant.parse("2030-01-01T00:00:00.5Z"));
        client.adopt(List.of(Enrolment.of(HOA, KEY), rotating));
        client.replaceGateways(List
                .of(new HomeGateway(OTHER, SitePrefix.of("2001:db8:9::/64"), SitePrefix.of("2001:db8:face::/64"))));

        ImsAdmin.Written written = client.write(new Write(Write.Verb.STAGE, HOA, Optional.of(MOA), EPOCH));
        assertThat(written.mapping()).isEqualTo(Mapping.none(HOA).stage(MOA, EPOCH));
        assertThat(written.published().get(20, TimeUnit.SECONDS).complete()).isTrue();
        assertThat(client.write(new Write(Write.Verb.UNSTAGE, HOA, Optional.empty(), EPOCH)).mapping().staged())
                .isEmpty();
        assertThat(client.restore(List.of(
                new ImsAdmin.Restoration(Mapping.none(HOA).activate(MOA, EPOCH.next()), false))))
                .containsExactly(Mapping.none(HOA).activate(MOA, EPOCH.next()));

        ImsAdmin.Rows all = client.list(0);
        assertThat(all.rows()).extracting(ImsAdmin.Row::hoa).containsExactlyInAnyOrder(HOA, OTHER);
        assertThat(all.rows()).filteredOn(row -> row.hoa().equals(OTHER)).first().satisfies(row -> {
            assertThat(row.rotating()).isTrue();
            assertThat(row.registerNonce()).isEqualTo(-1);
            assertThat(row.edition()).isEqualTo(rotating.edition());
        });
        assertThat(all.next()).isEqualTo(ImsAdmin.END);
        assertThat(client.changes(all.boot(), 0).orElseThrow().rows()).extracting(ImsAdmin.Row::mapping)
                .containsExactly(Mapping.none(HOA).activate(MOA, EPOCH.next()));
        assertThat(client.changes(all.boot() + 1, 0)).isEmpty();

        client.forget(HOA).get(20, TimeUnit.SECONDS);
        assertThat(client.list(0).rows()).extracting(ImsAdmin.Row::hoa).containsExactly(OTHER);
    }

    @Test
    void aRefusalComesBackInItsOwnWords() {
        assertThatThrownBy(() -> client.write(new Write(Write.Verb.STAGE, HOA, Optional.of(MOA), EPOCH)))
                .isInstanceOf(MappingRefusedException.class)
                .hasMessage(HOA + " is not enrolled at the mapping server: enrol it with its key first");
    }

    @Test
    void aServerThatIsGoneIsUnreachable() {
        server.close();
        assertThatThrownBy(() -> client.list(0)).isInstanceOf(ImsUnreachableException.class)
                .hasMessageContaining("gives no answer");
    }

    /** The limit that a request has by itself ends with the header of its answer. */
    @Test
    void aServerThatFallsSilentInTheMiddleOfAnAnswerIsUnreachable() {
        AtomicInteger connections = new AtomicInteger();
        HttpServer silent = vertx.createHttpServer(ImsIdentityFile.read(folder).options())
                .connectionHandler(it -> {
                    connections.incrementAndGet();
                    it.closeHandler(_ -> connections.decrementAndGet());
                }).requestHandler(request -> request.response().setChunked(true).write("["))
                .listen(0, HERE.getHostAddress()).toCompletionStage().toCompletableFuture().join();
        try (AdminClient hasty = new AdminClient(new InetSocketAddress(HERE, silent.actualPort()), identities,
                new AdminClient.Limits(Duration.ofSeconds(20), Duration.ofSeconds(1)))) {
            assertThatThrownBy(() -> hasty.list(0)).isInstanceOf(ImsUnreachableException.class)
                    .hasMessageContaining("gives no whole answer within 1000 ms");
            assertThatThrownBy(() -> hasty.write(new Write(Write.Verb.STAGE, HOA, Optional.of(MOA), EPOCH)))
                    .isInstanceOf(ImsUnreachableException.class);
            Wait.until("nobody waits any more", () -> connections.get() == 0);
        } finally {
            silent.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void anotherMappingServerIsToldNothing() throws IOException {
        assertThat(client.list(0).rows()).isEmpty();
        enrol(identities);
        assertThatThrownBy(() -> client.adopt(List.of(Enrolment.of(HOA, KEY))))
                .isInstanceOf(ImsUnreachableException.class)
                .hasMessageContaining("not, or no longer, the mapping server's");
    }

    @Test
    void aCertificateIsRenewedInTheChannelAndIsOnTheDisk() throws Exception {
        String before = Files.readString(folder.resolve("identity.pem"));
        clock.advance(Duration.ofDays(19));
        client.changes(0, 0);
        assertThat(Files.readString(folder.resolve("identity.pem"))).isEqualTo(before);
        clock.advance(Duration.ofDays(2));
        client.changes(0, 0);
        assertThat(Files.readString(folder.resolve("identity.pem"))).isNotEqualTo(before);
        assertThat(client.list(0).rows()).isEmpty();
        assertThat(Pem.privateKey(before)).isEqualTo(Pem.privateKey(Files.readString(folder.resolve("identity.pem"))));
    }

    @Test
    void whatIsMissingIsSaidWithWhatToDo() throws IOException {
        assertThatThrownBy(() -> ImsIdentityFile.read(folder.resolve("elsewhere")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("make it with \"godwit ims enrol\"");
        KeyPair key = Pem.newKeyPair();
        ImsIdentityFile.write(folder, key.getPrivate(), authority
                .issue(new Subject("host-a", key.getPublic(), Use.AGENT, List.of(), List.of()), Duration.ofDays(1)));
        assertThatThrownBy(() -> ImsIdentityFile.read(folder)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for another purpose");
    }
}
