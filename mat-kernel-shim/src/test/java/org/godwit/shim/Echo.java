package org.godwit.shim;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.godwit.model.HomeAddress;

/** One TCP connection from a node to an echo server on another, each side bound to its address. */
final class Echo implements AutoCloseable {

    private static final int PORT = 7007;
    private static final int TIMEOUT_MS = 10_000;

    private final ServerSocket server;
    private final Socket client;
    private final CompletableFuture<Void> serving;

    Echo(Namespace from, HomeAddress fromHoa, Namespace to, HomeAddress toHoa) {
        server = to.call(() -> new ServerSocket(PORT, 1, address(toHoa)));
        serving = CompletableFuture.runAsync(this::serve, task -> Thread.ofVirtual().start(task));
        client = from.call(() -> {
            Socket socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.bind(new InetSocketAddress(address(fromHoa), 0));
            socket.connect(new InetSocketAddress(address(toHoa), PORT), TIMEOUT_MS);
            return socket;
        });
    }

    private void serve() {
        try (Socket accepted = server.accept()) {
            accepted.setTcpNoDelay(true);
            accepted.getInputStream().transferTo(accepted.getOutputStream());
        } catch (IOException e) {
            throw new AssertionError("the server lost the connection", e);
        }
    }

    /** Sends so many bytes, while reading them back, and checks each. */
    void exchange(int bytes) {
        byte[] sent = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            sent[i] = (byte) (i * 31 + (i >> 8));
        }
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                new DataOutputStream(client.getOutputStream()).write(sent);
            } catch (IOException e) {
                throw new AssertionError("the client lost the connection", e);
            }
        }, task -> Thread.ofVirtual().start(task));
        try {
            byte[] received = new byte[bytes];
            new DataInputStream(client.getInputStream()).readFully(received);
            writing.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            if (!Arrays.equals(sent, received)) {
                throw new AssertionError("not what was sent came back");
            }
        } catch (Exception e) {
            throw new AssertionError("the echo fails", e);
        }
    }

    private static InetAddress address(HomeAddress hoa) {
        return hoa.address().toInetAddress();
    }

    @Override
    public void close() {
        try {
            client.close();
            serving.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            server.close();
        } catch (Exception e) {
            throw new AssertionError("the connection does not end in order", e);
        }
    }
}
