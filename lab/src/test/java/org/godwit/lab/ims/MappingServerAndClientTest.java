package org.godwit.lab.ims;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.godwit.guest.ims.ImsClient;
import org.godwit.guest.ims.ImsSilentException;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.ImsCounter;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.Published;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MappingServerAndClientTest {

    private static final HomeAddress VM = HomeAddress.of("2001:db8:face::1");
    private static final HomeAddress PEER = HomeAddress.of("2001:db8:face::2");
    private static final MobileAddress MOA_A = MobileAddress.of("2001:db8:a::100");
    private static final MobileAddress MOA_B = MobileAddress.of("2001:db8:b::100");
    private static final MobileAddress MOA_C = MobileAddress.of("2001:db8:c::100");
    private static final HomeAddress PLAIN = HomeAddress.of("2001:db8:d::30");
    private static final HomeAddress PLAIN_2 = HomeAddress.of("2001:db8:d::31");
    private static final MobileAddress PROXY = MobileAddress.of("2001:db8:e::1:30");
    private static final MappingKey VM_KEY = MappingKey.of("the key of the virtual machine".getBytes());
    private static final MappingKey PEER_KEY = MappingKey.of("the key of the correspondent".getBytes());
    private static final MappingKey NEW_KEY = MappingKey.of("a new key for the correspondent".getBytes());
    private static final Clocks CLOCKS = new Clocks(InstantSource.system(), System::nanoTime);
    /** On the loopback no address is a MoA. */
    private static final ImsPolicy POLICY = ImsPolicy.DEFAULT.withRegistrations(RegistrationPolicy.UNCHECKED);
    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);

    @TempDir
    Path folder;

    private final BlockingQueue<Mapping> heard = new LinkedBlockingQueue<>();
    private Database database;
    private ImsServer server;
    private Relay relay;
    private ImsClient client;

    @BeforeEach
    void start() throws IOException {
        database = Database.open(folder);
        server = ImsServer.start(new InetSocketAddress(Relay.loopback(), 0), new SqliteMappingStore(database),
                POLICY, CLOCKS);
        server.enrol(VM, VM_KEY);
        server.enrol(PEER, PEER_KEY);
        server.activate(VM, MOA_A, FIRST);
        relay = new Relay(server.address());
        client = client(PEER_KEY);
    }

    private ImsClient client(MappingKey key) throws IOException {
        Inet6Address here = (Inet6Address) Relay.loopback();
        return ImsClient.start(new ImsClient.Settings(relay.address(), PEER, key), () -> Optional.of(here), heard::add,
                new ImsClient.Clocks(InstantSource.system(), System::nanoTime));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        relay.close();
        server.close();
        database.close();
    }

    @Test
    void aPeerHearsOfAFlightFromStagingToLanding() throws Exception {
        assertThat(client.resolve(VM)).contains(Mapping.none(VM).activate(MOA_A, FIRST));
        assertThat(heard.poll(30, SECONDS)).isNotNull();

        Published staged = server.stage(VM, MOA_B, SECOND).get(30, SECONDS);
        assertThat(staged.silent()).isEmpty();
        assertThat(heard.poll(30, SECONDS).staged()).contains(MOA_B);

        Published active = server.activate(VM, MOA_B, SECOND).get(30, SECONDS);
        assertThat(active.acknowledged()).containsExactly(PEER);
        Mapping landed = heard.poll(30, SECONDS);
        assertThat(landed.active()).contains(MOA_B);
        assertThat(landed.retired()).contains(MOA_A);
        assertThat(client.resolve(VM)).contains(landed);
    }

    @Test
    void aMobileAddressLeadsToTheWholeMapping() throws Exception {
        assertThat(client.resolveReverseLater(MOA_A).join()).contains(Mapping.none(VM).activate(MOA_A, FIRST));
        assertThat(client.resolveReverseLater(MOA_C).join()).isEmpty();
    }

    @Test
    void anUnknownHomeIsNowhere() throws Exception {
        assertThat(client.resolve(HomeAddress.of("2001:db8:face::99"))).isEmpty();
    }

    @Test
    void aLostAcknowledgementMakesTheServerRepeatAndThePeerHearOnce() throws Exception {
        client.resolve(VM);
        assertThat(heard.poll(30, SECONDS)).isNotNull();
        waitForSubscription();
        relay.lose(2, Relay.MAP_NOTIFY_ACK);

        assertThat(server.stage(VM, MOA_B, SECOND).get(30, SECONDS).complete()).isTrue();

        assertThat(server.counters().get(ImsCounter.RETRANSMITTED)).isGreaterThanOrEqualTo(2);
        assertThat(heard.poll(30, SECONDS).staged()).contains(MOA_B);
        assertThat(heard).isEmpty();
    }

    @Test
    void aLostRequestIsRepeated() throws Exception {
        relay.lose(1, Relay.MAP_REQUEST);

        assertThat(client.resolve(VM)).isPresent();
        assertThat(relay.seen(Relay.MAP_REQUEST)).hasSizeGreaterThan(1);
    }

    @Test
    void aForgedPublicationIsRefused() throws Exception {
        client.resolve(VM);
        assertThat(heard.poll(30, SECONDS)).isNotNull();
        waitForSubscription();
        server.stage(VM, MOA_B, SECOND).get(30, SECONDS);
        assertThat(heard.poll(30, SECONDS)).isNotNull();

        byte[] forged = relay.seen(Relay.MAP_NOTIFY).getLast().clone();
        // The last byte of the nonce: the next publication, as far as the nonce tells.
        forged[11]++;
        relay.toClient(forged);

        await(() -> client.refused() == 1);
        assertThat(heard).isEmpty();
    }

    @Test
    void aPeerRegistersAndAReplayOfItIsRefused() throws Exception {
        assertThat(client.register(MOA_C)).isTrue();
        byte[] first = relay.seen(Relay.MAP_REGISTER).getFirst();
        assertThat(client.register(MOA_B)).isTrue();

        relay.toServer(first);

        await(() -> server.counters().get(ImsCounter.REGISTER_REPLAYED) == 1);
        assertThat(server.lookup(PEER).orElseThrow().active()).contains(MOA_B);
    }

    @Test
    void whoRegistersAnothersAddressIsTold() throws Exception {
        assertThat(client.register(MOA_A)).isFalse();
    }

    @Test
    void aWrongKeyGetsNoAnswerToARegistration() throws Exception {
        client.close();
        client = client(VM_KEY);

        assertThatThrownBy(() -> client.register(MOA_C)).isInstanceOf(ImsSilentException.class)
                .hasMessage("the mapping server did not answer: registering 2001:db8:face::2");
        assertThat(server.counters().get(ImsCounter.REGISTER_UNPROVEN)).isEqualTo(4);
    }

    @Test
    void aKeyIsReplacedWithoutAGap() throws Exception {
        client.resolve(VM);
        assertThat(heard.poll(30, SECONDS)).isNotNull();
        waitForSubscription();
        server.rotate(PEER, NEW_KEY);
        client.rekey(NEW_KEY);

        assertThat(server.stage(VM, MOA_B, SECOND).get(30, SECONDS).complete()).isTrue();
        assertThat(server.unstage(VM, SECOND).get(30, SECONDS).complete()).isTrue();
        assertThat(client.register(MOA_C)).isTrue();
        assertThat(client.refused()).isZero();
        assertThat(server.counters().get(ImsCounter.RETRANSMITTED)).isZero();
        client.rekey(PEER_KEY);
        assertThatThrownBy(() -> client.register(MOA_B)).isInstanceOf(ImsSilentException.class);
    }

    @Test
    void aHomeGatewaySpeaksForAPlainNodeUntilItTakesThatBack() throws Exception {
        server.replaceGateways(List.of(
                new HomeGateway(PEER, SitePrefix.of("2001:db8:e::/64"), SitePrefix.of("2001:db8:face::/64"))));

        assertThat(client.registerProxiedLater(PLAIN, PROXY).get(30, SECONDS)).isTrue();
        assertThat(client.ownerLater(PROXY).get(30, SECONDS).orElseThrow().hoa()).isEqualTo(PLAIN);
        assertThat(client.resolve(PLAIN)).contains(Mapping.none(PLAIN).activate(PROXY, Epoch.NONE));
        assertThat(heard.poll(30, SECONDS).active()).contains(PROXY);
        assertThat(client.registerProxiedLater(PLAIN_2, PROXY).get(30, SECONDS)).as("it is another's").isFalse();

        assertThat(client.withdrawProxiedLater(PLAIN, PROXY).get(30, SECONDS)).isTrue();
        assertThat(client.ownerLater(PROXY).get(30, SECONDS)).isEmpty();
        assertThat(heard.poll(30, SECONDS)).as("who watches is told").isEqualTo(Mapping.none(PLAIN));
    }

    @Test
    void aPeerThatIsNoHomeGatewaySpeaksForNobody() {
        assertThat(client.registerProxiedLater(PLAIN, PROXY)).failsWithin(20, SECONDS)
                .withThrowableOfType(ExecutionException.class).withCauseInstanceOf(ImsSilentException.class);
        assertThat(server.lookup(PLAIN)).isEmpty();
    }

    @Test
    void aRestartedServerKnowsItsSubscribers() throws Exception {
        client.resolve(VM);
        assertThat(heard.poll(30, SECONDS)).isNotNull();
        waitForSubscription();
        InetSocketAddress address = server.address();
        server.close();
        server = ImsServer.start(address, new SqliteMappingStore(database), POLICY, CLOCKS);

        assertThat(server.stage(VM, MOA_B, SECOND).get(30, SECONDS).acknowledged()).containsExactly(PEER);
        assertThat(heard.poll(30, SECONDS).staged()).contains(MOA_B);
    }

    /** The answer to a question may be here before the server has heard that it came. */
    private void waitForSubscription() {
        await(() -> server.counters().get(ImsCounter.SUBSCRIPTION_CONFIRMED) == 1);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("still not so after 30 s").isNegative();
            LockSupport.parkNanos(2_000_000);
        }
    }
}
