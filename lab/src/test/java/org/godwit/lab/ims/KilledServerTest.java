package org.godwit.lab.ims;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.bench.ImsEnrolment;
import org.godwit.lab.house.Programs;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.mcs.ImsMain;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispDecoder;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.MalformedFrameException;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The mapping server's own process is killed in the middle of registrations, and has lost none that it has acknowledged. */
@Timeout(180)
class KilledServerTest {

    private static final int OWNERS = 50;
    private static final int KILLS = 3;
    private static final int ACKNOWLEDGED_EACH_TIME = 150;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final int SILENCES_MAX = 20;
    private static final MappingKey KEY = MappingKey.of(new byte[32]);
    private static final Pattern LISTENS = Pattern.compile("listens on \\S*:(\\d+)");

    @TempDir
    Path folder;

    /** The highest nonce of each owner that the server has confirmed. */
    private final Map<HomeAddress, Long> acknowledged = new HashMap<>();
    private final Map<HomeAddress, Long> sent = new HashMap<>();
    private int confirmations;

    @Test
    void whatWasAcknowledgedIsThereAfterEveryKill() throws Exception {
        try (Database database = Database.open(folder.resolve("data"))) {
            SqliteMappingStore store = new SqliteMappingStore(database);
            for (int owner = 0; owner < OWNERS; owner++) {
                store.saveEnrolment(Enrolment.of(hoa(owner), KEY));
            }
        }
        ImsEnrolment.enrol(folder.resolve("control"), folder.resolve("data"));
        for (int kill = 1; kill <= KILLS; kill++) {
            try (Running server = server(kill)) {
                registerUntil(kill * ACKNOWLEDGED_EACH_TIME, port(server));
                server.crash();
            }
            compareWithLedger();
        }
        assertThat(folder.resolve("data").toFile().list()).as("what killed servers leave")
                .allSatisfy(file -> assertThat(file).matches("mcs\\.db.*|identity\\.pem"));
    }

    /** All owners at once and none waits for its answer, so the server dies with some on their way. */
    private void registerUntil(int enough, int port) throws IOException, MalformedFrameException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress(Relay.loopback(), port));
            channel.socket().setSoTimeout((int) SILENCE.toMillis());
            byte[] buffer = new byte[LispDecoder.FRAME_MAX];
            registerAll(channel);
            int silences = 0;
            while (confirmations < enough) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                try {
                    channel.socket().receive(packet);
                } catch (SocketTimeoutException e) {
                    // Datagrams may be lost on a busy machine, the loopback included.
                    assertThat(++silences).as("silences of " + SILENCE).isLessThan(SILENCES_MAX);
                    registerAll(channel);
                    continue;
                }
                MapNotify notify = notification(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                HomeAddress hoa = notify.record().mapping().hoa();
                assertThat(notify.record().mapping().active()).contains(moa(hoa, notify.nonce()));
                acknowledged.merge(hoa, notify.nonce(), Math::max);
                confirmations++;
                register(channel, hoa.bytes()[15] & 0xff);
            }
        }
    }

    private void registerAll(DatagramChannel channel) throws IOException {
        for (int owner = 0; owner < OWNERS; owner++) {
            register(channel, owner);
        }
    }

    private void register(DatagramChannel channel, int owner) throws IOException {
        HomeAddress hoa = hoa(owner);
        long nonce = sent.merge(hoa, 1L, Long::sum);
        channel.write(ByteBuffer.wrap(LispEncoder.encode(new MapRegister(nonce, 1, true,
                new MapRecord.OfHome(5, Mapping.none(hoa).activate(moa(hoa, nonce), Epoch.NONE))), KEY)));
    }

    private void compareWithLedger() {
        try (Database database = Database.open(folder.resolve("data"))) {
            SqliteMappingStore store = new SqliteMappingStore(database);
            Map<HomeAddress, Mapping> mappings = new HashMap<>();
            store.readMappings(mapping -> mappings.put(mapping.hoa(), mapping));
            acknowledged.forEach((hoa, nonce) -> {
                long kept = store.enrolment(hoa).orElseThrow().registerNonce();
                assertThat(kept).as("nonce of " + hoa).isBetween(nonce, sent.get(hoa));
                assertThat(mappings.get(hoa).active()).as("nonce and mapping are kept together")
                        .contains(moa(hoa, kept));
            });
        }
        assertThat(acknowledged).hasSize(OWNERS);
    }

    private static MapNotify notification(ByteBuffer datagram) throws MalformedFrameException {
        Incoming.Signed signed = (Incoming.Signed) LispDecoder.decode(datagram);
        assertThat(signed.isProvenBy(KEY)).isTrue();
        return (MapNotify) signed.claim();
    }

    private Running server(int incarnation) throws IOException {
        return Processes.start(Programs.command(ImsMain.class.getName(),
                List.of("--data", folder.resolve("data").toString(), "--ims", "[::1]:0", "--admin",
                        "[::1]:0", "--status", "[::1]:0", "--registrations", "unchecked")),
                folder.resolve("ims-" + incarnation + ".log"), Programs.environment());
    }

    private static int port(Running server) {
        server.awaitReady(new Patience(InstantSource.system()), LIMIT, () -> announcement(server).find(),
                "does not listen");
        Matcher announcement = announcement(server);
        assertThat(announcement.find()).isTrue();
        return Integer.parseInt(announcement.group(1));
    }

    private static Matcher announcement(Running server) {
        try {
            return LISTENS.matcher(Files.readString(server.log()));
        } catch (IOException e) {
            return LISTENS.matcher("");
        }
    }

    private static HomeAddress hoa(int owner) {
        return HomeAddress.of("2001:db8:face::1:" + Integer.toHexString(owner));
    }

    private static MobileAddress moa(HomeAddress hoa, long nonce) {
        return MobileAddress.of("2001:db8:b:%x::%x".formatted(nonce & 0xffff, hoa.bytes()[15] & 0xff));
    }
}
