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
import java.util.HashMap;
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
 * Owners that register at a mapping server, each again as soon as it is confirmed, and where nothing comes after half a second.
 * Arguments: own address, port of the server, seconds, owners, and a file for what was confirmed.
 */
public final class HonestOwners {

    private static final long PATIENCE_NS = 500_000_000L;

    private record Sent(long nonce, MobileAddress moa, byte[] frame, long at) {}

    private final DatagramChannel channel;
    private final int owners;
    private final Map<HomeAddress, Integer> numbers = new HashMap<>();
    private final Sent[] waiting;
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private long nonce;
    private long sent;
    private long confirmed;

    private HonestOwners(DatagramChannel channel, int owners, long firstNonce) {
        this.channel = channel;
        this.owners = owners;
        this.waiting = new Sent[owners];
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
            HonestOwners all = new HonestOwners(channel, Integer.parseInt(arguments[3]),
                    System.currentTimeMillis() << 20);
            long start = System.nanoTime();
            long end = start + (long) (seconds * 1e9);
            for (long now = start; now - end < 0; now = System.nanoTime()) {
                all.send(now);
                selector.select(10);
                selector.selectedKeys().clear();
                all.receive();
            }
            Files.write(Path.of(arguments[4]), all.record.toByteArray());
            System.out.printf(Locale.ROOT, "sent=%d answered=%d seconds=%.3f p50_us=0 p99_us=0%n", all.sent,
                    all.confirmed, (System.nanoTime() - start) / 1e9);
        }
    }

    private void send(long now) throws IOException {
        for (int owner = 0; owner < owners; owner++) {
            if (waiting[owner] == null || now - waiting[owner].at() > PATIENCE_NS) {
                nonce++;
                MobileAddress moa = moa(owner, nonce);
                byte[] frame = registration(owner, nonce, moa, owner);
                waiting[owner] = new Sent(nonce, moa, frame, now);
                channel.write(ByteBuffer.wrap(frame));
                sent++;
            }
        }
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
            confirmed++;
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
