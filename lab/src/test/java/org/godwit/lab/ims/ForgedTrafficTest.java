package org.godwit.lab.ims;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.godwit.lab.process.Patience;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.ImsCounter;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.ims.SourceRate;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Forged and replayed registrations among honest ones, over real sockets. The limit for unproven messages is lifted, so that every
 * single one is judged by its proof, and so is the rule that an owner registers where it is: all of them are on the loopback. {@code lab/benchmark forged} does the same a hundred times as often, with the limit.
 */
@Timeout(300)
class ForgedTrafficTest {

    private static final MobileAddress STOLEN = MobileAddress.of("2001:db8:bad::1");
    private static final int FORGED = 100_000;
    private static final int REPLAYED = 10_000;
    private static final int OWNERS = 40;
    private static final int BATCH = 200;
    private static final int HONEST_EVERY = 400;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int FIRST_AFTER_NONCE = 12;
    /** Of a registration with one MoA: all but xTR-ID and Site-ID. */
    private static final int SIGNED_LENGTH = registration(0, 1, STOLEN, key(0)).length - 24;
    private static final int SILENCE_MS = 1_000;
    private static final SourceRate UNLIMITED = new SourceRate(1_000_000, 1_000_000);

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(4342);
    private final Map<Integer, Long> nonces = new HashMap<>();
    private final Map<Integer, MobileAddress> honest = new HashMap<>();
    private final List<byte[]> recorded = new ArrayList<>();
    private final Patience patience = new Patience(InstantSource.system());
    private int honestSent;
    private Database database;
    private ImsServer server;
    private DatagramChannel owners;
    private DatagramChannel attacker;

    @BeforeEach
    void start() throws IOException {
        database = Database.open(folder);
        ImsPolicy policy = new ImsPolicy(ImsPolicy.DEFAULT.publication(), UNLIMITED, UNLIMITED,
                RegistrationPolicy.UNCHECKED, ImsPolicy.DEFAULT.keyOverlap());
        server = ImsServer.start(new InetSocketAddress(Relay.loopback(), 0), new SqliteMappingStore(database), policy,
                new Clocks(InstantSource.system(), System::nanoTime));
        for (int owner = 0; owner < OWNERS; owner++) {
            server.enrol(hoa(owner), key(owner));
        }
        owners = DatagramChannel.open().connect(server.address());
        owners.socket().setSoTimeout(SILENCE_MS);
        attacker = DatagramChannel.open().connect(server.address());
    }

    @AfterEach
    void stop() throws IOException {
        attacker.close();
        owners.close();
        server.close();
        database.close();
    }

    @Test
    void noneIsAcceptedAndEveryHonestOneIs() throws Exception {
        for (int owner = 0; owner < OWNERS; owner++) {
            registerHonestly(owner);
        }
        int round = 0;
        while (judged() < FORGED || server.counters().get(ImsCounter.REGISTER_REPLAYED) < REPLAYED) {
            long before = judged() + server.counters().get(ImsCounter.REGISTER_REPLAYED);
            for (int i = 0; i < BATCH; i++) {
                attacker.write(ByteBuffer.wrap(judged() < FORGED && i % 10 != 0 ? forged() : replayed()));
            }
            // Not faster than it is judged: what the kernel drops proves nothing. A few may be lost all the same.
            patience.until(LIMIT,
                    () -> judged() + server.counters().get(ImsCounter.REGISTER_REPLAYED) - before >= BATCH / 2,
                    () -> "the mapping server does not judge what it gets");
            if (++round % (HONEST_EVERY / BATCH) == 0) {
                registerHonestly(random.nextInt(OWNERS));
            }
        }

        assertThat(server.counters().get(ImsCounter.REGISTERED)).isLessThanOrEqualTo(honestSent)
                .isGreaterThanOrEqualTo(honest.size() + FORGED / HONEST_EVERY / 2);
        assertThat(server.counters().get(ImsCounter.SIGNED_BEYOND_RATE)).isZero();
        assertThat(server.lookup(STOLEN)).isEmpty();
        honest.forEach((owner, moa) -> assertThat(server.lookup(hoa(owner)).orElseThrow().active())
                .as("where %s said last", hoa(owner)).contains(moa));
    }

    private long judged() {
        return server.counters().get(ImsCounter.REGISTER_UNPROVEN) + server.counters().get(ImsCounter.MALFORMED);
    }

    /** By somebody who knows the HoA and a nonce that would do, but not the key. */
    private byte[] forged() {
        int owner = random.nextInt(OWNERS);
        long nonce = nonces.get(owner) + 1 + random.nextInt(1_000_000);
        if (random.nextInt(3) == 0) {
            return registration(owner, nonce, STOLEN, key(owner + OWNERS));
        }
        byte[] frame = registration(owner, nonce, STOLEN, key(owner));
        // One bit of what is signed, or of the proof, is another one. The nonce stays one that would do.
        int at = FIRST_AFTER_NONCE + random.nextInt(SIGNED_LENGTH - FIRST_AFTER_NONCE);
        frame[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        return frame;
    }

    private byte[] replayed() {
        return recorded.get(random.nextInt(recorded.size()));
    }

    private void registerHonestly(int owner) throws IOException, MalformedFrameException {
        MobileAddress moa = MobileAddress.of("2001:db8:a:%x::%x".formatted(random.nextInt(1 << 16), owner + 1));
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() - deadline < 0) {
            long nonce = nonces.merge(owner, 1L, Long::sum);
            byte[] frame = registration(owner, nonce, moa, key(owner));
            owners.write(ByteBuffer.wrap(frame));
            honestSent++;
            if (isConfirmed(owner, nonce, moa)) {
                recorded.add(frame);
                honest.put(owner, moa);
                return;
            }
        }
        throw new AssertionError("an honest registration was not confirmed within " + LIMIT);
    }

    private boolean isConfirmed(int owner, long nonce, MobileAddress moa) throws IOException, MalformedFrameException {
        byte[] buffer = new byte[LispDecoder.FRAME_MAX];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            owners.socket().receive(packet);
        } catch (SocketTimeoutException e) {
            return false;
        }
        Incoming.Signed signed = (Incoming.Signed) LispDecoder.decode(ByteBuffer.wrap(buffer, 0, packet.getLength()));
        return signed.isProvenBy(key(owner)) && signed.claim() instanceof MapNotify notify && notify.nonce() == nonce
                && notify.record().mapping().active().filter(moa::equals).isPresent();
    }

    private static byte[] registration(int owner, long nonce, MobileAddress moa, MappingKey key) {
        return LispEncoder.encode(new MapRegister(nonce, 1, true,
                new MapRecord.OfHome(5, Mapping.none(hoa(owner)).activate(moa, Epoch.NONE))), key);
    }

    private static HomeAddress hoa(int owner) {
        return HomeAddress.of("2001:db8:face::1:" + Integer.toHexString(owner));
    }

    private static MappingKey key(int owner) {
        byte[] secret = new byte[MappingKey.LENGTH_MIN];
        secret[0] = (byte) owner;
        return MappingKey.of(secret);
    }
}
