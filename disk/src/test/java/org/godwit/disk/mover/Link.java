package org.godwit.disk.mover;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A link between sender and receiver that ends, or takes nothing any more, after so many bytes towards the receiver. */
final class Link implements Closeable {

    enum Fault {
        NONE, CUT, SILENCE
    }

    private final ServerSocket server;
    private final InetSocketAddress to;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong carried = new AtomicLong();
    private final long bytesMax;
    private final Fault fault;

    Link(InetSocketAddress to, Fault fault, long bytesMax) throws IOException {
        this.to = to;
        this.fault = fault;
        this.bytesMax = bytesMax;
        this.server = new ServerSocket(0, 16, InetAddress.ofLiteral("::1"));
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.ofLiteral("::1"), server.getLocalPort());
    }

    /** Bytes towards the receiver. */
    long carried() {
        return carried.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket here = server.accept();
                Socket there = new Socket(to.getAddress(), to.getPort());
                sockets.add(here);
                sockets.add(there);
                Thread.ofVirtual().start(() -> carry(here, there, true));
                Thread.ofVirtual().start(() -> carry(there, here, false));
            }
        } catch (IOException e) {
            // Closed.
            return;
        }
    }

    private void carry(Socket from, Socket into, boolean counted) {
        try (from; into; InputStream in = from.getInputStream(); OutputStream out = into.getOutputStream()) {
            byte[] bytes = new byte[16 << 10];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (counted && carried.addAndGet(count) > bytesMax) {
                    if (fault == Fault.SILENCE) {
                        closed.await();
                    }
                    if (fault != Fault.NONE) {
                        close();
                        return;
                    }
                }
                out.write(bytes, 0, count);
            }
        } catch (IOException e) {
            // One side has closed; so do we.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
