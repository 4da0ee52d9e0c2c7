package org.godwit.disk.mover;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.godwit.disk.wire.Frame;
import org.godwit.disk.wire.Frame.Refused;
import org.godwit.disk.wire.FrameCodec;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.Refusal;

/** Frames over TLS 1.3, on a socket of our own: that one can be closed while TLS waits for something. */
final class Connection implements Closeable {

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int SLICE_BYTES = 16 << 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    /** More than a sender may have under way when it is refused. */
    private static final int UNREAD_BYTES_MAX = 3 * Frame.OFFER_CHUNKS_MAX * Geometry.CHUNK_BYTES_MAX;

    private final Socket socket;
    private final SSLSocket tls;
    private final InputStream in;
    private final OutputStream out;
    private final LongSupplier nanoTime;
    private volatile long writingSince;
    private volatile boolean writing;

    private Connection(Socket socket, SSLSocket tls, Pacer pacer, LongSupplier nanoTime) throws IOException {
        this.socket = socket;
        this.tls = tls;
        this.nanoTime = nanoTime;
        this.in = new BufferedInputStream(tls.getInputStream(), BUFFER_BYTES);
        this.out = new BufferedOutputStream(new Paced(tls.getOutputStream(), pacer), BUFFER_BYTES);
    }

    /** Connects; the other side must have a certificate for the host that the address was made with. */
    static Connection to(InetSocketAddress receiver, SSLContext context, Duration patience, Pacer pacer,
            LongSupplier nanoTime) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(receiver, (int) patience.toMillis());
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, receiver.getHostString(),
                    receiver.getPort(), true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            return shake(socket, tls, parameters, patience, pacer, nanoTime);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Takes what was accepted; the other side must have a certificate. */
    static Connection from(Socket socket, SSLContext context, Duration patience, LongSupplier nanoTime)
            throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket,
                socket.getInetAddress().getHostAddress(), socket.getPort(), true);
        tls.setUseClientMode(false);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setNeedClientAuth(true);
        return shake(socket, tls, parameters, patience, new Pacer(nanoTime, 0), nanoTime);
    }

    private static Connection shake(Socket socket, SSLSocket tls, SSLParameters parameters, Duration patience,
            Pacer pacer, LongSupplier nanoTime) throws IOException {
        parameters.setProtocols(new String[]{"TLSv1.3" });
        tls.setSSLParameters(parameters);
        socket.setTcpNoDelay(true);
        tls.setSoTimeout((int) patience.toMillis());
        tls.startHandshake();
        return new Connection(socket, tls, pacer, nanoTime);
    }

    Peer peer() throws IOException {
        return Peer.of(tls.getSession());
    }

    /** What follows may be kept back until {@link #flush}. */
    void send(Frame frame) throws IOException {
        FrameCodec.write(frame, out);
    }

    void flush() throws IOException {
        out.flush();
    }

    /** @throws RefusedException when the other side has given up */
    Frame receive() throws IOException {
        Frame frame = FrameCodec.read(in);
        if (frame instanceof Refused refused) {
            throw new RefusedException(refused.reason(), refused.words());
        }
        return frame;
    }

    /** Receives a frame of a kind that is the only one possible. */
    <F extends Frame> F receive(Class<F> kind) throws IOException {
        Frame frame = receive();
        if (!kind.isInstance(frame)) {
            throw new RefusedException(Refusal.MALFORMED,
                    "a frame came that does not belong there: " + frame.getClass().getSimpleName() + " instead of "
                            + kind.getSimpleName());
        }
        return kind.cast(frame);
    }

    /**
     * Why the other side may have closed the connection on us.
     *
     * @return what it said about it, otherwise what is given
     */
    IOException lastWords(IOException broken) {
        if (broken instanceof RefusedException) {
            return broken;
        }
        try {
            tls.setSoTimeout((int) LAST_WORDS.toMillis());
            for (int i = 0; i < Frame.OFFER_CHUNKS_MAX; i++) {
                receive();
            }
        } catch (RefusedException refused) {
            return refused;
        } catch (IOException e) {
            broken.addSuppressed(e);
        }
        return broken;
    }

    /** Says why and lets the other side hear it: closed with something unread, TCP would throw our words away. */
    void refuse(RefusedException why) {
        try {
            send(new Refused(why.reason(), why.getMessage()));
            flush();
            tls.shutdownOutput();
            tls.setSoTimeout((int) LAST_WORDS.toMillis());
            for (long left = UNREAD_BYTES_MAX, skipped = 1; left > 0 && skipped > 0; left -= skipped) {
                skipped = in.readNBytes(SLICE_BYTES).length;
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** For how long a write has made no progress, in nanoseconds. */
    long stalledNanos() {
        return writing ? nanoTime.getAsLong() - writingSince : 0;
    }

    /** Ends it from another thread, whatever it is doing. */
    void abort() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, closed or not.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        try (socket) {
            tls.close();
        }
    }

    /** Writes in slices: a slice is what the pacer lets pass at a time, and what the guard waits for. */
    private final class Paced extends OutputStream {

        private final OutputStream below;
        private final Pacer pacer;

        Paced(OutputStream below, Pacer pacer) {
            this.below = below;
            this.pacer = pacer;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[]{(byte) one }, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int at, int length) throws IOException {
            for (int done = 0; done < length; done += SLICE_BYTES) {
                int count = Math.min(SLICE_BYTES, length - done);
                pacer.pass(count);
                writingSince = nanoTime.getAsLong();
                writing = true;
                try {
                    below.write(bytes, at + done, count);
                } finally {
                    writing = false;
                }
            }
        }

        @Override
        public void flush() throws IOException {
            below.flush();
        }
    }
}
