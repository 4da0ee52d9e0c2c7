package org.godwit.host.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.godwit.protocol.guest.GuestCall;
import org.godwit.protocol.guest.GuestCodec;
import org.godwit.protocol.guest.GuestLineException;
import org.godwit.protocol.guest.GuestLines;

/** A guest agent behind a UNIX socket, as QEMU shows it: one client at a time. */
final class FakeGuest implements AutoCloseable {

    private final Path socket;
    private final ServerSocketChannel server;
    private final Function<GuestCall, List<byte[]>> behaviour;
    private final List<GuestCall> calls = new CopyOnWriteArrayList<>();

    /** @param behaviour what is written, piece by piece, on hearing a call */
    FakeGuest(Path folder, Function<GuestCall, List<byte[]>> behaviour) throws IOException {
        this.socket = folder.resolve("guest.sock");
        this.behaviour = behaviour;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.startVirtualThread(this::serve);
    }

    Path socket() {
        return socket;
    }

    List<GuestCall> calls() {
        return calls;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void serve() {
        try {
            while (true) {
                try (SocketChannel client = server.accept()) {
                    converse(client);
                } catch (ClosedChannelException e) {
                    return;
                } catch (IOException e) {
                    // The client hung up; the next one is welcome.
                    continue;
                }
            }
        } catch (GuestLineException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private void converse(SocketChannel client) throws IOException, GuestLineException {
        GuestLines lines = new GuestLines();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (client.read(buffer) >= 0) {
            lines.feed(buffer.array(), 0, buffer.position());
            buffer.clear();
            for (byte[] line = lines.poll(); line != null; line = lines.poll()) {
                GuestCall call = GuestCodec.decodeCall(line);
                calls.add(call);
                for (byte[] piece : behaviour.apply(call)) {
                    client.write(ByteBuffer.wrap(piece));
                }
            }
        }
    }
}
