package org.godwit.disk.nbd;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.godwit.disk.Disk;
import org.godwit.disk.DiskFullException;
import org.godwit.disk.Extent;
import org.godwit.disk.nbd.NbdHandshake.Export;

/** A disk behind an NBD server: one connection, one request at a time. After an exception it can only be closed. */
public final class NbdDisk implements Disk {

    /** Tells what reads as zero. */
    private static final String ALLOCATION = "base:allocation";
    private static final int READS_AS_ZERO = 1 << 1;
    private static final long STATUS_MAX = 1L << 30;
    private static final int STATUS_BYTES_MAX = 4 + NbdWire.EXTENT_LENGTH * (1 << 20);
    private static final int ERROR_BYTES_MAX = 8 << 10;

    private final NbdChannel channel;
    private final Export export;
    private final IntPredicate zero;
    private long cookie;

    /**
     * Begins the conversation.
     *
     * @param context that extents are told of
     * @param zero whether by these flags of the context an extent counts as zero
     */
    private NbdDisk(ByteChannel channel, String export, String context, IntPredicate zero) throws IOException {
        this.channel = new NbdChannel(channel);
        this.export = new NbdHandshake(this.channel).agree(export, context);
        this.zero = zero;
    }

    /**
     * Connects.
     *
     * @param socket the server's UNIX socket
     * @param export its name there; qemu-nbd's is empty unless it was told one
     */
    public static NbdDisk open(Path socket, String export) throws IOException {
        return open(socket, export, ALLOCATION, flags -> (flags & READS_AS_ZERO) != 0);
    }

    static NbdDisk open(Path socket, String export, String context, IntPredicate zero) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        try {
            return new NbdDisk(channel, export, context, zero);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public long size() {
        return export.size();
    }

    @Override
    public List<Extent> extents(long offset, long length) throws IOException {
        inside(offset, length);
        List<Extent> extents = new ArrayList<>();
        long end = offset + length;
        long at = offset;
        while (at < end) {
            at = status(at, Math.min(end - at, STATUS_MAX), extents);
        }
        return extents;
    }

    /** Adds what the server tells of the range, which may be less than was asked for; the end of that. */
    private long status(long offset, long length, List<Extent> extents) throws IOException {
        request(NbdWire.BLOCK_STATUS, offset, (int) length);
        long at = offset;
        for (Chunk chunk = chunk(); chunk != null; chunk = chunk.last() ? null : chunk()) {
            if (chunk.type() == NbdWire.CHUNK_NONE && chunk.length() == 0) {
                continue;
            }
            if (chunk.type() != NbdWire.CHUNK_BLOCK_STATUS) {
                throw unexpected(chunk);
            }
            ByteBuffer body = channel.read(chunk.length(), STATUS_BYTES_MAX, "block status");
            if (body.remaining() < 4 || body.getInt() != export.contextId()) {
                throw unexpected(chunk);
            }
            while (body.remaining() >= NbdWire.EXTENT_LENGTH && at < offset + length) {
                long known = Math.min(Integer.toUnsignedLong(body.getInt()), offset + length - at);
                int flags = body.getInt();
                if (known == 0) {
                    throw new NbdException("the NBD server tells of an extent without length");
                }
                extents.add(new Extent(at, known, zero.test(flags)));
                at += known;
            }
        }
        if (at == offset) {
            throw new NbdException("the NBD server tells nothing of " + length + " bytes at " + offset);
        }
        return at;
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
        inside(offset, length);
        for (int done = 0; done < length; done += NbdWire.PAYLOAD_MAX) {
            readPiece(offset + done, into, at + done, Math.min(length - done, NbdWire.PAYLOAD_MAX));
        }
    }

    private void readPiece(long offset, byte[] into, int at, int length) throws IOException {
        request(NbdWire.READ, offset, length);
        int told = 0;
        for (Chunk chunk = chunk(); chunk != null; chunk = chunk.last() ? null : chunk()) {
            if (chunk.type() == NbdWire.CHUNK_DATA && chunk.length() > 8) {
                int count = chunk.length() - 8;
                int from = place(channel.read(8).getLong(), count, offset, length);
                channel.read(into, at + from, count);
                told += count;
            } else if (chunk.type() == NbdWire.CHUNK_HOLE && chunk.length() == 12) {
                ByteBuffer hole = channel.read(12);
                long start = hole.getLong();
                int count = hole.getInt();
                int from = place(start, count, offset, length);
                Arrays.fill(into, at + from, at + from + count, (byte) 0);
                told += count;
            } else if (chunk.type() != NbdWire.CHUNK_NONE || chunk.length() != 0) {
                throw unexpected(chunk);
            }
        }
        if (told != length) {
            throw new NbdException("the NBD server gave " + told + " of " + length + " bytes at " + offset);
        }
    }

    /** Where a piece of an answer belongs, counted from the beginning of what was asked. */
    private static int place(long start, int count, long offset, int length) throws NbdException {
        long from = start - offset;
        if (count <= 0 || from < 0 || from > length - count) {
            throw new NbdException("the NBD server tells of bytes that were not asked for");
        }
        return (int) from;
    }

    @Override
    public void write(long offset, byte[] from, int at, int length) throws IOException {
        inside(offset, length);
        writable();
        for (int done = 0; done < length; done += NbdWire.PAYLOAD_MAX) {
            int count = Math.min(length - done, NbdWire.PAYLOAD_MAX);
            request(NbdWire.WRITE, offset + done, count, ByteBuffer.wrap(from, at + done, count));
            acknowledgement();
        }
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        inside(offset, length);
        writable();
        if (!export.has(NbdWire.EXPORT_WRITE_ZEROES)) {
            throw new NbdException("the NBD server cannot write zeroes");
        }
        for (long done = 0; done < length; done += STATUS_MAX) {
            request(NbdWire.WRITE_ZEROES, offset + done, (int) Math.min(length - done, STATUS_MAX));
            acknowledgement();
        }
    }

    @Override
    public void flush() throws IOException {
        if (!export.has(NbdWire.EXPORT_FLUSH)) {
            throw new NbdException("the NBD server cannot flush: nothing would be certain");
        }
        request(NbdWire.FLUSH, 0, 0);
        acknowledgement();
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            request(NbdWire.DISCONNECT, 0, 0);
        }
    }

    private void request(int type, long offset, int length, ByteBuffer... payload) throws IOException {
        cookie++;
        channel.write(ByteBuffer.allocate(NbdWire.REQUEST_LENGTH).putInt(NbdWire.REQUEST_MAGIC).putShort((short) 0)
                .putShort((short) type).putLong(cookie).putLong(offset).putInt(length).flip());
        channel.write(payload);
    }

    private void acknowledgement() throws IOException {
        for (Chunk chunk = chunk(); chunk != null; chunk = chunk.last() ? null : chunk()) {
            if (chunk.type() != NbdWire.CHUNK_NONE || chunk.length() != 0) {
                throw unexpected(chunk);
            }
        }
    }

    /** The header of the next piece of an answer; an error is thrown. */
    private Chunk chunk() throws IOException {
        int magic = channel.read(4).getInt();
        if (magic == NbdWire.SIMPLE_REPLY_MAGIC) {
            ByteBuffer rest = channel.read(12);
            int error = rest.getInt();
            answersUs(rest.getLong());
            if (error != 0) {
                throw failure(error, "");
            }
            return new Chunk(NbdWire.CHUNK_NONE, 0, true);
        }
        if (magic != NbdWire.STRUCTURED_REPLY_MAGIC) {
            throw new NbdException("the other side answers with something else than NBD");
        }
        ByteBuffer rest = channel.read(16);
        boolean last = (rest.getShort() & NbdWire.CHUNK_DONE) != 0;
        int type = Short.toUnsignedInt(rest.getShort());
        answersUs(rest.getLong());
        int length = rest.getInt();
        if ((type & NbdWire.CHUNK_ERROR_BIT) != 0) {
            ByteBuffer body = channel.read(length, ERROR_BYTES_MAX, "error");
            int error = body.remaining() >= 6 ? body.getInt() : 0;
            int words = body.remaining() >= 2 ? Short.toUnsignedInt(body.getShort()) : 0;
            throw failure(error, NbdChannel.text(body.slice(body.position(), Math.min(words, body.remaining()))));
        }
        return new Chunk(type, length, last);
    }

    private void answersUs(long of) throws NbdException {
        if (of != cookie) {
            throw new NbdException("the NBD server answers request " + of + " instead of " + cookie);
        }
    }

    private static IOException failure(int error, String words) {
        String sentence = "the NBD server failed with error " + error + (words.isEmpty() ? "" : ": " + words);
        return error == NbdWire.ERROR_NO_SPACE ? new DiskFullException(sentence) : new NbdException(sentence);
    }

    private static NbdException unexpected(Chunk chunk) {
        return new NbdException("the NBD server answers with an unexpected piece of type " + chunk.type() + " and "
                + Integer.toUnsignedLong(chunk.length()) + " bytes");
    }

    private void inside(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw new IllegalArgumentException(length + " bytes at " + offset + " are not in a disk of " + size());
        }
    }

    private void writable() throws NbdException {
        if (export.has(NbdWire.EXPORT_READ_ONLY)) {
            throw new NbdException("the export is read-only");
        }
    }

    /**
     * The header of a piece of an answer.
     *
     * @param length of what follows, in bytes; as the server said, unchecked
     */
    private record Chunk(int type, int length, boolean last) {}
}
