package org.godwit.mcs.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.godwit.mcs.scripted.DiallingAgent;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.Host;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.Name;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Heartbeat;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.VmPaused;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions over loopback. */
class AgentServerTest {

    private static final Name HOST = Inventory.HOST_A;
    private static final String TOKEN = "token of host-a";

    @TempDir
    Path folder;

    private final List<DiallingAgent> dialled = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Name> welcomed = new LinkedBlockingQueue<>();
    private AgentSessions sessions = new AgentSessions(Duration.ofMinutes(1));
    private Database database;
    private InventoryStore inventory;
    private Vertx vertx;
    private AgentServer server;

    @BeforeEach
    void start() {
        database = Database.open(folder.resolve("data"));
        inventory = Inventory.fill(database);
        vertx = Vertx.vertx();
        sessions.whenConnected(welcomed::add);
        server = server(Duration.ofSeconds(10));
    }

    @AfterEach
    void stop() {
        dialled.forEach(DiallingAgent::close);
        server.close();
        sessions.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        database.close();
    }

    @Test
    void anAgentWithItsTokenIsWelcome() throws InterruptedException {
        McsFrame welcome = dial().hello("host-a", TOKEN).next();
        assertThat(welcome.getWelcome().getProtocolVersion()).isEqualTo(1);
        assertThat(welcome.getWelcome().getLeaseMs()).isEqualTo(10_000);
        assertThat(welcomed.poll(10, TimeUnit.SECONDS)).isEqualTo(HOST);
        assertThat(sessions.connected(HOST)).isTrue();
        assertThat(sessions.connected(Inventory.HOST_B)).isFalse();
        assertThat(inventory.host(HOST).flatMap(Host::libvirtUri)).contains("qemu+tcp://[2001:db8::1]/system");
    }

    @ParameterizedTest
    @CsvSource({"host-a, token of host-b", "host-a, ''", "host-c, token of host-a", "no such name, x" })
    void whoeverCannotProveItIsRefused(String host, String token) {
        assertThat(dial().hello(host, token).end()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        assertThat(sessions.connected(HOST)).isFalse();
    }

    @Test
    void nothingIsHeardBeforeTheHello() {
        AgentFrame early = AgentFrame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();
        assertThat(dial().send(early).end()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
    }

    @Test
    void anotherProtocolVersionIsRefused() {
        AgentFrame hello = AgentFrame.newBuilder()
                .setHello(Hello.newBuilder().setProtocolVersion(2).setHost("host-a").setToken(TOKEN)).build();
        assertThat(dial().send(hello).end()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
    }

    @Test
    void anAgentThatFallsSilentLosesItsSession() throws InterruptedException {
        server.close();
        server = server(Duration.ofMillis(200));
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
        answered.orTimeout(10, TimeUnit.SECONDS).join();
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
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("VM_PAUSED");
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
        assertThat(answer.orTimeout(10, TimeUnit.SECONDS).join().hasDone()).isTrue();
        assertThat(sessions.connected(HOST)).isTrue();
    }

    @Test
    void aCommandWaitsForAnAgentThatIsAway() throws InterruptedException {
        CompletableFuture<Outcome> answer = sessions.perform(HOST, command("1"), _ -> {});
        DiallingAgent agent = connected();
        assertThat(agent.nextCommand().getSentAgain()).as("it was never sent").isFalse();
        agent.send(outcome("1"));
        answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void anAgentThatStaysAwayIsLost() throws InterruptedException {
        server.close();
        sessions.close();
        sessions = new AgentSessions(Duration.ofMillis(100));
        server = server(Duration.ofSeconds(10));
        DiallingAgent agent = connected();
        CompletableFuture<Outcome> answer = sessions.perform(HOST, command("1"), _ -> {});
        agent.nextCommand();
        agent.close();
        assertThatThrownBy(() -> answer.orTimeout(10, TimeUnit.SECONDS).join())
                .hasCauseInstanceOf(AgentLostException.class);
    }

    private AgentServer server(Duration lease) {
        return AgentServer.start(vertx, new InetSocketAddress("::1", 0), sessions, new HostTokens(inventory), inventory,
                lease);
    }

    private DiallingAgent dial() {
        DiallingAgent agent = new DiallingAgent(vertx, server.port());
        dialled.add(agent);
        return agent;
    }

    private DiallingAgent connected() throws InterruptedException {
        DiallingAgent agent = dial().hello("host-a", TOKEN);
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
