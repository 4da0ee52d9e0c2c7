package org.godwit.lab.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

/**
 * Owners that register at a mapping server in turn, so many a second or, for 0, each again as soon as it is confirmed; and again
 * where nothing comes after half a second. Arguments: own address, port of the server, seconds, owners, registrations a second,
 * and a file for what was confirmed.
 */
public final class HonestOwners {

    private static final long PATIENCE_NS = 500_000_000L;

    /** @param since when it was sent first */
    private record Sent(long nonce, MobileAddress moa, byte[] frame, long since, long at) {}

    private final DatagramChannel channel;
    private final int owners;
    private final Map<HomeAddress, Integer> numbers = new HashMap<>();
    private final Sent[] waiting;
    private final long[] turns;
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private final List<Long> delays = new ArrayList<>();
    private final int perSecond;
    private final long start;
    private long nonce;
    private long begun;

    private HonestOwners(DatagramChannel channel, int owners, int perSecond, long firstNonce, long start) {
        this.channel = channel;
        this.owners = owners;
        this.perSecond = perSecond;
        this.start = start;
        this.waiting = new Sent[owners];
        this.turns = new long[owners];
        Arrays.fill(turns, -1);
        this.nonce = firstNonce;
        for (int owner = 0; owner < owners; owner++) {
            numbers.put(ImsBindings.hoa(owner), owner);
        }
    }

    /** @param arguments as above */
    public static void main(String[] arguments) throws IOException {
        double seconds = Double.parseDouble(arguments[2]);
        try (DatagramChannel channel = DatagramChannel.open(); Selector selector = Selector.open()) {
            channel.bind(new InetSocketAddress(InetAddress.getByName(arguments[0]), 0));
            channel.connect(new InetSocketAddress(InetAddress.getByName("::1"), Integer.parseInt(arguments[1])));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            long start = System.nanoTime();
            HonestOwners all = new HonestOwners(channel, Integer.parseInt(arguments[3]),
                    Integer.parseInt(arguments[4]), System.currentTimeMillis() << 20, start);
            long end = start + (long) (seconds * 1e9);
            for (long now = start; now - end < 0; now = System.nanoTime()) {
                all.send(now);
                selector.select(2);
                selector.selectedKeys().clear();
                all.receive();
            }
            Files.write(Path.of(arguments[5]), all.record.toByteArray());
            Collections.sort(all.delays);
            System.out.printf(Locale.ROOT, "sent=%d answered=%d seconds=%.3f p50_us=%d p99_us=%d%n", all.begun,
                    all.delays.size(), (System.nanoTime() - start) / 1e9, all.delay(0.5), all.delay(0.99));
        }
    }

    private long delay(double quantile) {
        return delays.isEmpty() ? 0 : delays.get((int) (quantile * (delays.size() - 1))) / 1_000;
    }

    private void send(long now) throws IOException {
        for (int owner = 0; owner < owners; owner++) {
            Sent open = waiting[owner];
            if (open == null ? isDue(owner, now) : now - open.at() > PATIENCE_NS) {
                nonce++;
                MobileAddress moa = moa(owner, nonce);
                byte[] frame = registration(owner, nonce, moa, owner);
                waiting[owner] = new Sent(nonce, moa, frame, open == null ? now : open.since(), now);
                channel.write(ByteBuffer.wrap(frame));
                begun += open == null ? 1 : 0;
            }
        }
    }

    /** Owners have turns one after the other; one that still waits for a confirmation misses those that pass meanwhile. */
    private boolean isDue(int owner, long now) {
        if (perSecond == 0) {
            return true;
        }
        long turn = Math.floorDiv((now - start) * perSecond / 1_000_000_000L - owner, owners);
        if (turn <= turns[owner]) {
            return false;
        }
        turns[owner] = turn;
        return true;
    }

    private void receive() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LispDecoder.FRAME_MAX);
        while (channel.read(buffer.clear()) > 0) {
            try {
                if (LispDecoder.decode(buffer.flip()) instanceof Incoming.Signed signed
                        && signed.claim() instanceof MapNotify notify) {
                    confirm(signed, notify);
                }
            } catch (MalformedFrameException e) {
                throw new IOException("the mapping server's answer is malformed", e);
            }
        }
    }

    private void confirm(Incoming.Signed signed, MapNotify notify) {
        Integer owner = numbers.get(notify.record().mapping().hoa());
        Sent open = owner == null ? null : waiting[owner];
        if (open != null && open.nonce() == notify.nonce() && signed.isProvenBy(ImsBindings.key(owner))
                && notify.record().mapping().active().filter(open.moa()::equals).isPresent()) {
            delays.add(System.nanoTime() - open.since());
            waiting[owner] = null;
            record.write(open.frame().length >> Byte.SIZE);
            record.write(open.frame().length);
            record.writeBytes(open.frame());
        }
    }

    /** @param key the number of the owner whose key signs it */
    static byte[] registration(int owner, long nonce, MobileAddress moa, int key) {
        return LispEncoder.encode(new MapRegister(nonce, 1, true, new MapRecord.OfHome(5,
                Mapping.none(ImsBindings.hoa(owner)).activate(moa, Epoch.NONE))), ImsBindings.key(key));
    }

    /** Which address an owner registers with this nonce: another one each time. */
    static MobileAddress moa(int owner, long nonce) {
        return MobileAddress.of("2001:db8:a:" + Long.toHexString(nonce & 0xffff) + "::"
                + Integer.toHexString(owner + 1));
    }

    /** The highest nonce of each owner that a record has as confirmed. */
    static Map<HomeAddress, Long> confirmedNonces(byte[] record) throws MalformedFrameException {
        Map<HomeAddress, Long> nonces = new HashMap<>();
        ByteBuffer all = ByteBuffer.wrap(record);
        while (all.hasRemaining()) {
            int length = all.getShort();
            ByteBuffer frame = all.slice(all.position(), length);
            all.position(all.position() + length);
            if (LispDecoder.decode(frame) instanceof Incoming.Signed signed) {
                nonces.merge(signed.claim().record().mapping().hoa(), signed.claim().nonce(), Math::max);
            }
        }
        return nonces;
    }
}
