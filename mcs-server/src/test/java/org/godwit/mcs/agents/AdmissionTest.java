package org.godwit.mcs.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.godwit.mcs.agents.Admission.Limits;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.identity.ServerNames;
import org.godwit.mcs.identity.ServerTls;
import org.godwit.mcs.scripted.DiallingAgent;
import org.godwit.mcs.scripted.HostKey;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.AuditStore;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.HostIdentityStore;
import org.godwit.mcs.store.HostPresence;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.model.Name;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More agents than are let in at a time, over loopback. One that does not say hello has the place until the test wants it. */
@Timeout(120)
class AdmissionTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    Path folder;

    private final AgentSessions sessions = new AgentSessions(Duration.ofMinutes(1), System::nanoTime);
    private final List<Name> came = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private Vertx vertx;
    private Database database;
    private InventoryStore inventory;
    private HostIdentities identities;
    private CertificateAuthority authority;
    private Audit audit;
    private AgentServer server;

    @BeforeEach
    void prepare() {
        vertx = Vertx.vertx();
        database = Database.open(folder);
        inventory = Inventory.fill(database);
        authority = CertificateAuthority.open(folder, InstantSource.system());
        audit = Audit.open(authority, new AuditStore(database), folder, InstantSource.system());
        identities = new HostIdentities(authority, new HostIdentityStore(database), InstantSource.system(),
                Duration.ofHours(3));
        sessions.onPresence(changes -> changes.stream().filter(HostPresence::present).map(HostPresence::host)
                .forEach(came::add));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        server.close();
        sessions.close();
        audit.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        database.close();
    }

    @Test
    void whoeverWaitsGetsInInTheOrderInWhichTheyCame() {
        listen(new Limits(1, LONG, 100, LONG));
        DiallingAgent silent = silent();
        List<Name> hosts = hosts(12);
        List<CompletableFuture<DiallingAgent>> agents = new ArrayList<>();
        for (Name host : hosts) {
            agents.add(dial(host));
            Wait.until(host + " waits", () -> server.waiting() == agents.size());
        }
        assertThat(came).as("the place is taken").isEmpty();

        silent.close();
        agents.forEach(CompletableFuture::join);
        Wait.until("all are there", () -> came.size() == hosts.size());
        assertThat(came).containsExactlyElementsOf(hosts);
        assertThat(server.waiting()).isZero();
    }

    @Test
    void manyAtATimeAllGetInAndTheirPlacesAreGivenOn() {
        listen(new Limits(3, LONG, 100, LONG));
        List<Name> hosts = hosts(20);
        List<CompletableFuture<DiallingAgent>> agents = hosts.stream().map(this::dial).toList();
        agents.forEach(CompletableFuture::join);
        Wait.until("all are there", () -> came.size() == hosts.size());
        assertThat(came).containsExactlyInAnyOrderElementsOf(hosts);
    }

    @Test
    void whoeverIsRefusedGivesHisPlaceOn() {
        listen(new Limits(1, LONG, 100, LONG));
        Name host = hosts(1).getFirst();
        HostKey stranger = HostKey.none(authority.fingerprint());
        for (int i = 0; i < 3; i++) {
            DiallingAgent refused = new DiallingAgent(vertx, server.port(), stranger);
            open.add(refused);
            assertThat(refused.hello(host.text()).end()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        }
        dial(host).join();
        Wait.until("the host is there", () -> came.contains(host));
    }

    @Test
    void whoeverSaysNothingLosesHisPlaceAndNotHisConnection() throws InterruptedException {
        listen(new Limits(1, Duration.ofMillis(100), 100, LONG));
        DiallingAgent silent = silent();
        dial(hosts(1).getFirst()).join();
        assertThat(silent.hello("host-a").next().hasWelcome()).isTrue();
    }

    @Test
    void whoeverFindsNoRoomToWaitIsHungUpOnAndMayComeAgain() {
        listen(new Limits(1, LONG, 1, LONG));
        DiallingAgent silent = silent();
        List<Name> hosts = hosts(2);
        CompletableFuture<DiallingAgent> first = dial(hosts.getFirst());
        Wait.until("one waits", () -> server.waiting() == 1);
        assertThatThrownBy(() -> dial(hosts.getLast()).join()).isInstanceOf(CompletionException.class);

        silent.close();
        first.join();
        dial(hosts.getLast()).join();
        Wait.until("both are there", () -> came.size() == 2);
    }

    @Test
    void nobodyWaitsForLongerThanItsPatience() {
        listen(new Limits(1, LONG, 10, Duration.ofMillis(100)));
        silent();
        assertThatThrownBy(() -> dial(hosts(1).getFirst()).join()).isInstanceOf(CompletionException.class);
        assertThat(server.waiting()).isZero();
    }

    private void listen(Limits limits) {
        server = AgentServer.start(new InetSocketAddress("::1", 0),
                new ServerTls(authority, ServerNames.of(List.of(), List.of()), InstantSource.system()),
                new AgentServer.House(sessions, identities, inventory, audit), LONG, limits);
    }

    /** Of host-a. Has a place when it returns: whoever comes later waits. */
    private DiallingAgent silent() {
        DiallingAgent silent = new DiallingAgent(vertx, server.port(), key(Inventory.HOST_A));
        open.add(silent);
        return silent;
    }

    private List<Name> hosts(int count) {
        List<Name> hosts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Name host = Name.of("many-" + i);
            inventory.addHost(host, Name.of("a"));
            hosts.add(host);
        }
        return hosts;
    }

    /** Done when it has been let in and has said who it is. */
    private CompletableFuture<DiallingAgent> dial(Name host) {
        HostKey own = key(host);
        return CompletableFuture.supplyAsync(() -> {
            DiallingAgent agent = new DiallingAgent(vertx, server.port(), own).hello(host.text());
            open.add(agent);
            return agent;
        }, Executors.newVirtualThreadPerTaskExecutor());
    }

    private HostKey key(Name host) {
        HostKey key = HostKey.none(authority.fingerprint());
        return key.with(identities.enrol(identities.invite(host).token().text(), key.key().getPublic().getEncoded())
                .chain());
    }
}
