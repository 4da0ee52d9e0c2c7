package org.godwit.lab.bench;

import inet.ipaddr.ipv6.IPv6Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.godwit.mcs.admin.AdminClient;
import org.godwit.mcs.ims.ImsAdmin;
import org.godwit.mcs.ims.Write;
import org.godwit.mcs.store.Database;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Eid;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispDecoder;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapNotifyAck;
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.godwit.protocol.lisp.MalformedFrameException;

/**
 * Peers that subscribe to one VM, and a control server that stages and unstages its next address. Arguments: port of
 * the mapping server, port of its administration, the folder of who enrolled it, subscribers, updates. Prints, a line for each update, the microseconds until
 * the last subscriber had it, and until the control server knew of all acknowledgements.
 */
public final class Subscribers {

    private static final HomeAddress VM = ImsBindings.hoa(0);
    private static final MobileAddress NEXT = MobileAddress.of("2001:db8:c::1");
    private static final IPv6Address LOOPBACK = new IPv6Address(new byte[]{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            1 });
    private static final long PATIENCE_NS = 500_000_000L;

    /** A socket takes no more at once than its buffer holds. */
    private static final int PEERS_ON_A_SOCKET = 50;

    private final List<DatagramChannel> channels;
    private int turn;
    private final LongSupplier ticker;
    /** By the nonce of a message to them: nobody says by address who is meant, since all have the same. */
    private final HomeAddress[] peers;
    private final long[] nonces;
    /** Higher than those of the control server before this one. */
    private final long firstEpoch;

    /** @param started in milliseconds since 1970 */
    private Subscribers(List<DatagramChannel> channels, int count, long started, LongSupplier ticker) {
        long firstNonce = started << 21;
        this.firstEpoch = started;
        this.channels = List.copyOf(channels);
        this.ticker = ticker;
        this.peers = new HomeAddress[count];
        this.nonces = new long[count];
        for (int peer = 0; peer < count; peer++) {
            peers[peer] = ImsBindings.hoa(peer + 1);
            // Far enough apart that the publications of one never reach the nonces of the next.
            nonces[peer] = firstNonce + ((long) peer << 20);
        }
    }

    /** @param arguments as above */
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[3]);
        InetAddress loopback = InetAddress.getByName("::1");
        List<DatagramChannel> channels = new ArrayList<>();
        Path control = Path.of(arguments[2]);
        try (Database database = Database.open(control);
                AdminClient admin = new AdminClient(new InetSocketAddress(loopback, Integer.parseInt(arguments[1])),
                        ImsEnrolment.identities(control, database))) {
            for (int socket = 0; socket <= (count - 1) / PEERS_ON_A_SOCKET; socket++) {
                channels.add(DatagramChannel.open());
                channels.getLast().connect(new InetSocketAddress(loopback, Integer.parseInt(arguments[0])));
                channels.getLast().configureBlocking(false);
            }
            Subscribers all = new Subscribers(channels, count, System.currentTimeMillis(), System::nanoTime);
            all.subscribe();
            // The first also waits for the last acknowledgement of the subscriptions.
            all.update(admin, 0);
            for (int update = 1; update <= Integer.parseInt(arguments[4]); update++) {
                System.out.println(all.update(admin, update));
            }
        } finally {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
        }
    }

    /** One after the other: an offer is repeated by nobody, and a thousand at once might be lost. */
    private void subscribe() throws IOException, MalformedFrameException {
        for (int peer = 0; peer < peers.length; peer++) {
            long askedAt = ticker.getAsLong() - PATIENCE_NS;
            while (true) {
                if (ticker.getAsLong() - askedAt >= PATIENCE_NS) {
                    nonces[peer]++;
                    channels.get(peer / PEERS_ON_A_SOCKET)
                            .write(ByteBuffer.wrap(LispEncoder.encode(new MapRequest(nonces[peer],
                                    Collections.nCopies(MapRequest.ITR_RLOCS_FOR_ANY_ANSWER, LOOPBACK),
                                    new Eid.Home(VM),
                                    Optional.of(peers[peer])))));
                    askedAt = ticker.getAsLong();
                }
                if (heard() == peer) {
                    break;
                }
            }
        }
    }

    private String update(ImsAdmin admin, int number) throws Exception {
        Epoch epoch = new Epoch(firstEpoch + number);
        Write write = number % 2 == 0
                ? new Write(Write.Verb.STAGE, VM, Optional.of(NEXT), epoch)
                : new Write(Write.Verb.UNSTAGE, VM, Optional.empty(), epoch);
        long start = ticker.getAsLong();
        CompletableFuture<Long> known = CompletableFuture
                .supplyAsync(
                        () -> admin.write(write).published().join(),
                        Thread::startVirtualThread)
                .thenApply(_ -> ticker.getAsLong());
        Set<Integer> missing = new HashSet<>();
        for (int peer = 0; peer < peers.length; peer++) {
            missing.add(peer);
        }
        long heardAt = start;
        while (!missing.isEmpty() || !known.isDone()) {
            if (missing.remove(heard())) {
                heardAt = ticker.getAsLong();
            }
            if (known.isCompletedExceptionally()) {
                known.join();
            }
        }
        return (heardAt - start) / 1_000 + " " + (known.get(1, TimeUnit.SECONDS) - start) / 1_000;
    }

    /** Takes one message, if there is one, and acknowledges it. Returns whom it was for; -1 when there is none. */
    private int heard() throws IOException, MalformedFrameException {
        DatagramChannel channel = channels.get(turn++ % channels.size());
        ByteBuffer buffer = ByteBuffer.allocate(LispDecoder.FRAME_MAX);
        if (channel.read(buffer) <= 0 || !(LispDecoder.decode(buffer.flip()) instanceof Incoming.Signed signed)
                || !(signed.claim() instanceof MapNotify notify)) {
            return -1;
        }
        int peer = (int) (notify.nonce() - nonces[0] + (1 << 19) >> 20);
        if (peer < 0 || peer >= peers.length || !signed.isProvenBy(ImsBindings.key(peer + 1))) {
            return -1;
        }
        channel.write(ByteBuffer.wrap(LispEncoder.encode(
                new MapNotifyAck(notify.nonce(), notify.keyId(), notify.record()), ImsBindings.key(peer + 1))));
        return peer;
    }
}
