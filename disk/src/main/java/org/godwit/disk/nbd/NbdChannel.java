package org.godwit.disk.nbd;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;

/** Whole pieces of bytes in both directions. */
final class NbdChannel implements Closeable {

    private final ByteChannel channel;

    NbdChannel(ByteChannel channel) {
        this.channel = channel;
    }

    void write(ByteBuffer... pieces) throws IOException {
        for (ByteBuffer piece : pieces) {
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
        }
    }

    void read(byte[] into, int at, int length) throws IOException {
        fill(ByteBuffer.wrap(into, at, length));
    }

    /** @param length already checked against a limit: so much is allocated */
    ByteBuffer read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        fill(bytes);
        return bytes.flip();
    }

    /** Like {@link #read(int)}, of a length that the server named. */
    ByteBuffer read(int length, int lengthMax, String what) throws IOException {
        if (length < 0 || length > lengthMax) {
            throw new NbdException(
                    what + " of " + Integer.toUnsignedLong(length) + " bytes: at most " + lengthMax + " are expected");
        }
        return read(length);
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private void fill(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the NBD server closed the connection");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
