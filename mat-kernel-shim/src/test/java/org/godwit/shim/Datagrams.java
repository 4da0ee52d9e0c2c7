package org.godwit.shim;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.godwit.model.HomeAddress;

/** Numbered datagrams one way between two nodes, bound to HoAs. What arrives waits in the socket until it is read. */
final class Datagrams implements AutoCloseable {

    private static final int PORT = 7008;
    private static final int READ_TIMEOUT_MS = 1000;

    private final DatagramChannel sender;
    private final DatagramChannel receiver;
    private final InetSocketAddress destination;
    private final List<Integer> arrived = new ArrayList<>();
    private int next;

    Datagrams(Namespace from, HomeAddress fromHoa, Namespace to, HomeAddress toHoa) {
        destination = new InetSocketAddress(toHoa.address().toInetAddress(), PORT);
        sender = from.call(() -> DatagramChannel.open()
                .bind(new InetSocketAddress(fromHoa.address().toInetAddress(), 0)));
        receiver = to.call(() -> DatagramChannel.open().bind(destination));
    }

    void send(int count) {
        try {
            for (int i = 0; i < count; i++) {
                sender.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, next++), destination);
            }
        } catch (IOException e) {
            throw new AssertionError("datagram " + next + " cannot be sent", e);
        }
    }

    /** The numbers that have arrived and still arrive, until nothing came for a second. */
    List<Integer> received() {
        collect(READ_TIMEOUT_MS);
        return arrived;
    }

    /** Takes what has arrived out of the socket, which has room for a few hundred. */
    void collect() {
        collect(1);
    }

    private void collect(int timeoutMs) {
        try {
            receiver.socket().setSoTimeout(timeoutMs);
            DatagramPacket packet = new DatagramPacket(new byte[16], 16);
            while (true) {
                receiver.socket().receive(packet);
                arrived.add(ByteBuffer.wrap(packet.getData()).getInt());
            }
        } catch (SocketTimeoutException quiet) {
            // That is all.
        } catch (IOException e) {
            throw new AssertionError("cannot be received", e);
        }
    }

    int sent() {
        return next;
    }

    @Override
    public void close() {
        try {
            sender.close();
            receiver.close();
        } catch (IOException e) {
            throw new AssertionError("cannot be closed", e);
        }
    }
}
