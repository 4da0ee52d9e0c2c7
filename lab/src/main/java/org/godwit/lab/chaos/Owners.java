package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.godwit.lab.LabException;
import org.godwit.lab.chaos.RestDialogue.Answer;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;

import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispDecoder;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.MalformedFrameException;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * Owners of HoAs that register another MoA as soon as the last one is confirmed. The MoA tells the number of the registration,
 * so what a server shows tells what it has kept. One thread.
 */
final class Owners {

    private static final int MINUTES = 5;
    private static final long SILENCE_MS = 300;

    private final int count;
    private final Map<String, Owner> byHoa = new HashMap<>();
    private final AtomicLong confirmations = new AtomicLong();

    /** One of them. */
    private static final class Owner {
        private final int number;
        private final HomeAddress hoa;
        private final MappingKey key;
        private long sent;
        private long confirmed;

        private Owner(int number, HomeAddress hoa, MappingKey key) {
            this.number = number;
            this.hoa = hoa;
            this.key = key;
        }

        private MobileAddress moa(long nonce) {
            return MobileAddress.of("2001:db8:b:0:%x:%x::%x".formatted(nonce >>> 16 & 0xffff, nonce & 0xffff,
                    number + 1));
        }
    }

    Owners(int count) {
        this.count = count;
    }

    /** Makes them known. @throws IOException when the server does not answer any more */
    void enrol(RestDialogue server) throws IOException {
        for (int number = 0; number < count; number++) {
            HomeAddress hoa = HomeAddress.of("2001:db8:face::ffff:%x".formatted(number));
            Answer answer = server.post("/v1/peers", Map.of("name", name(number), "hoa", hoa.toString()));
            if (!answer.isGood()) {
                throw new LabException("an owner cannot be enrolled: " + answer);
            }
            byHoa.put(hoa.toString(), new Owner(number, hoa,
                    MappingKey.of(HexFormat.of().parseHex(answer.fields().get("key")))));
        }
    }

    long confirmations() {
        return confirmations.get();
    }

    /** Registers until told to stop, or until nobody listens. */
    void register(InetSocketAddress server, BooleanSupplier isOver) {
        try (DatagramChannel channel = DatagramChannel.open(); Selector selector = Selector.open()) {
            channel.connect(requireNonNull(server, "server is null"));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer buffer = ByteBuffer.allocate(LispDecoder.FRAME_MAX);
            while (!isOver.getAsBoolean()) {
                // All of them at first, and whenever nothing comes any more: datagrams may be lost.
                for (Owner owner : byHoa.values()) {
                    send(channel, owner);
                }
                while (selector.select(SILENCE_MS) > 0 && !isOver.getAsBoolean()) {
                    selector.selectedKeys().clear();
                    while (channel.read(buffer.clear()) > 0) {
                        Optional<Owner> confirmed = confirmed(buffer.flip());
                        if (confirmed.isPresent()) {
                            send(channel, confirmed.get());
                        }
                    }
                }
            }
        } catch (PortUnreachableException e) {
            // It has died, as it shall.
        } catch (IOException e) {
            throw new LabException("registrations cannot be sent: " + e.getMessage(), e);
        }
    }

    private static void send(DatagramChannel channel, Owner owner) throws IOException {
        long nonce = ++owner.sent;
        channel.write(ByteBuffer.wrap(LispEncoder.encode(new MapRegister(nonce, 1, true,
                new MapRecord.OfHome(MINUTES, Mapping.none(owner.hoa).activate(owner.moa(nonce), Epoch.NONE))),
                owner.key)));
    }

    private Optional<Owner> confirmed(ByteBuffer datagram) throws IOException {
        try {
            if (!(LispDecoder.decode(datagram) instanceof Incoming.Signed signed
                    && signed.claim() instanceof MapNotify notify)) {
                return Optional.empty();
            }
            Owner owner = byHoa.get(notify.record().mapping().hoa().toString());
            if (owner == null || !signed.isProvenBy(owner.key)) {
                throw new LabException("the mapping server confirms what nobody has asked: " + notify);
            }
            owner.confirmed = Math.max(owner.confirmed, notify.nonce());
            confirmations.incrementAndGet();
            return Optional.of(owner);
        } catch (MalformedFrameException e) {
            throw new IOException("the mapping server's answer is malformed", e);
        }
    }

    /** Compares what the server shows with what was confirmed. @throws IOException when it does not answer any more */
    Map<String, String> lost(RestDialogue server) throws IOException {
        Map<String, String> lost = new HashMap<>();
        for (Owner owner : byHoa.values()) {
            if (owner.confirmed == 0) {
                continue;
            }
            String path = "/v1/peers/" + name(owner.number);
            String shown = server.get(path).fields().get("moa");
            boolean kept = false;
            for (long nonce = owner.confirmed; nonce <= owner.sent; nonce++) {
                kept |= owner.moa(nonce).toString().equals(shown);
            }
            if (!kept) {
                lost.put(path, "its MoA is " + shown + ", and " + owner.moa(owner.confirmed) + " was confirmed");
            }
        }
        return lost;
    }

    private static String name(int number) {
        return "owner-" + number;
    }
}
