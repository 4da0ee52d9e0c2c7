package org.godwit.lab.ims;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between client and server: sees every datagram, loses some, and can send what neither of them sent. */
final class Relay implements AutoCloseable {

    /** LISP message types, the first four bits of a datagram. */
    static final int MAP_REQUEST = 1;
    static final int MAP_REGISTER = 3;
    static final int MAP_NOTIFY = 4;
    static final int MAP_NOTIFY_ACK = 5;

    private final InetSocketAddress server;
    private final DatagramChannel clientSide;
    private final DatagramChannel serverSide;
    private final List<byte[]> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger toLose = new AtomicInteger();
    private volatile int typeToLose;
    private volatile SocketAddress client;

    Relay(InetSocketAddress server) throws IOException {
        this.server = server;
        this.clientSide = DatagramChannel.open().bind(new InetSocketAddress(loopback(), 0));
        this.serverSide = DatagramChannel.open().bind(new InetSocketAddress(loopback(), 0));
        Thread.ofPlatform().daemon().name("relay-up").start(() -> forward(clientSide, this::toServer));
        Thread.ofPlatform().daemon().name("relay-down").start(() -> forward(serverSide, this::toClient));
    }

    static InetAddress loopback() throws IOException {
        return InetAddress.getByName("::1");
    }

    /** For the client: this is the server. */
    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) clientSide.getLocalAddress();
    }

    /** The next so many messages of this type do not arrive. */
    void lose(int count, int type) {
        typeToLose = type;
        toLose.set(count);
    }

    /** What came, in both directions, lost ones included. */
    List<byte[]> seen(int type) {
        return seen.stream().filter(frame -> type(frame) == type).toList();
    }

    List<byte[]> seen() {
        return List.copyOf(seen);
    }

    void toServer(byte[] frame) throws IOException {
        serverSide.send(ByteBuffer.wrap(frame), server);
    }

    void toClient(byte[] frame) throws IOException {
        clientSide.send(ByteBuffer.wrap(frame), client);
    }

    @Override
    public void close() throws IOException {
        clientSide.close();
        serverSide.close();
    }

    private interface Forwarding {
        void accept(byte[] frame) throws IOException;
    }

    private void forward(DatagramChannel from, Forwarding onward) {
        ByteBuffer buffer = ByteBuffer.allocate(2048);
        try {
            while (true) {
                SocketAddress sender = from.receive(buffer.clear());
                if (from == clientSide) {
                    client = sender;
                }
                byte[] frame = new byte[buffer.flip().remaining()];
                buffer.get(frame);
                seen.add(frame);
                if (type(frame) != typeToLose || toLose.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                    onward.accept(frame);
                }
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int type(byte[] frame) {
        return frame[0] >> 4 & 0xf;
    }
}
