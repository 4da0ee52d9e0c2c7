package org.godwit.disk.wire;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.godwit.disk.wire.Frame.Chunk;
import org.godwit.disk.wire.Frame.Codec;
import org.godwit.disk.wire.Frame.End;
import org.godwit.disk.wire.Frame.Ended;
import org.godwit.disk.wire.Frame.Join;
import org.godwit.disk.wire.Frame.Offer;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Frame.Ready;
import org.godwit.disk.wire.Frame.Refused;
import org.godwit.disk.wire.Frame.StillHere;
import org.godwit.disk.wire.Frame.Verified;
import org.godwit.disk.wire.Frame.Verify;
import org.godwit.disk.wire.Frame.Verifying;
import org.godwit.disk.wire.Frame.Want;
import org.godwit.disk.wire.Frame.Zeroes;

/** Frames to bytes and back. A frame is its length in four bytes, type and body counted, then the type, then the body. */
public final class FrameCodec {

    private static final int MAGIC = 0x47574431;
    private static final short VERSION = 1;

    private static final int OPEN = 1;
    private static final int JOIN = 2;
    private static final int READY = 3;
    private static final int OFFER = 4;
    private static final int WANT = 5;
    private static final int CHUNK = 6;
    private static final int ZEROES = 7;
    private static final int END = 8;
    private static final int ENDED = 9;
    private static final int STILL_HERE = 10;
    private static final int VERIFY = 11;
    private static final int VERIFYING = 12;
    private static final int VERIFIED = 13;
    private static final int REFUSED = 14;

    /** Of a chunk besides its bytes: type, index, codec. */
    private static final int CHUNK_OVERHEAD = 10;
    private static final int SMALL_FRAME_MAX = 2048;

    private FrameCodec() {}

    public static void write(Frame frame, OutputStream to) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Integer.BYTES + SMALL_FRAME_MAX).position(Integer.BYTES);
        put(frame, head);
        int payload = frame instanceof Chunk chunk ? chunk.length() : 0;
        head.putInt(0, head.position() - Integer.BYTES + payload);
        to.write(head.array(), 0, head.position());
        if (frame instanceof Chunk chunk) {
            to.write(chunk.bytes(), 0, chunk.length());
        }
    }

    private static void put(Frame frame, ByteBuffer to) {
        switch (frame) {
            case Open open -> {
                byte[] disk = open.disk().getBytes(StandardCharsets.UTF_8);
                put(open.transfer(), to.put((byte) OPEN).putInt(MAGIC).putShort(VERSION));
                to.putLong(open.geometry().diskBytes()).putInt(open.geometry().chunkBytes())
                        .putLong(open.dataBytes()).put((byte) disk.length).put(disk);
            }
            case Join join -> put(join.transfer(), to.put((byte) JOIN).putInt(MAGIC).putShort(VERSION));
            case Ready _ -> to.put((byte) READY);
            case Offer offer -> {
                to.put((byte) OFFER).putLong(offer.first()).put((byte) offer.hashes().size());
                offer.hashes().forEach(hash -> to.put(hash.bytes()));
            }
            case Want want -> to.put((byte) WANT).putLong(want.first()).putInt(want.bits());
            case Chunk chunk -> to.put((byte) CHUNK).putLong(chunk.index()).put((byte) chunk.codec().ordinal());
            case Zeroes zeroes -> to.put((byte) ZEROES).putLong(zeroes.first()).putLong(zeroes.count());
            case End _ -> to.put((byte) END);
            case Ended _ -> to.put((byte) ENDED);
            case StillHere _ -> to.put((byte) STILL_HERE);
            case Verify verify -> to.put((byte) VERIFY).putLong(verify.chunks()).put(verify.digest().bytes());
            case Verifying verifying -> to.put((byte) VERIFYING).putLong(verifying.chunksDone());
            case Verified _ -> to.put((byte) VERIFIED);
            case Refused refused -> to.put((byte) REFUSED).put((byte) (refused.reason().ordinal() + 1))
                    .put(refused.words().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void put(TransferId transfer, ByteBuffer to) {
        to.putLong(transfer.value().getMostSignificantBits()).putLong(transfer.value().getLeastSignificantBits());
    }

    /**
     * Reads the next frame.
     *
     * @throws MalformedFrameException when there is none
     * @throws java.io.EOFException when the stream ends before it
     */
    public static Frame read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        int length = in.readInt();
        if (length < 1 || length > Geometry.CHUNK_BYTES_MAX + CHUNK_OVERHEAD) {
            throw new MalformedFrameException("a frame of " + Integer.toUnsignedLong(length) + " bytes");
        }
        int type = in.readUnsignedByte();
        if (type != CHUNK && length > SMALL_FRAME_MAX) {
            throw new MalformedFrameException("a frame of type " + type + " with " + length + " bytes");
        }
        byte[] body = new byte[length - 1];
        in.readFully(body);
        try {
            return decode(type, ByteBuffer.wrap(body));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw new MalformedFrameException("a frame of type " + type + " cannot be right: " + e.getMessage());
        }
    }

    private static Frame decode(int type, ByteBuffer body) throws MalformedFrameException {
        Frame frame = switch (type) {
            case OPEN -> open(greeted(body));
            case JOIN -> new Join(transfer(greeted(body)));
            case READY -> new Ready();
            case OFFER -> new Offer(body.getLong(), hashes(body.get(), body));
            case WANT -> new Want(body.getLong(), body.getInt());
            case CHUNK -> {
                long index = body.getLong();
                Codec codec = oneOf(Codec.values(), body.get());
                byte[] bytes = rest(body);
                yield new Chunk(index, codec, bytes, bytes.length);
            }
            case ZEROES -> new Zeroes(body.getLong(), body.getLong());
            case END -> new End();
            case ENDED -> new Ended();
            case STILL_HERE -> new StillHere();
            case VERIFY -> new Verify(body.getLong(), hash(body));
            case VERIFYING -> new Verifying(body.getLong());
            case VERIFIED -> new Verified();
            case REFUSED -> new Refused(oneOf(Refusal.values(), body.get() - 1),
                    new String(rest(body), StandardCharsets.UTF_8));
            default -> throw new MalformedFrameException("no frame has type " + type);
        };
        if (body.hasRemaining()) {
            throw new MalformedFrameException(
                    "a frame of type " + type + " has " + body.remaining() + " bytes too many");
        }
        return frame;
    }

    private static ByteBuffer greeted(ByteBuffer body) throws MalformedFrameException {
        if (body.getInt() != MAGIC) {
            throw new MalformedFrameException("the other side does not send a disk");
        }
        short version = body.getShort();
        if (version != VERSION) {
            throw new MalformedFrameException(
                    "the other side speaks version " + version + ", this side " + VERSION + ": update the older one");
        }
        return body;
    }

    private static Open open(ByteBuffer body) {
        TransferId transfer = transfer(body);
        Geometry geometry = new Geometry(body.getLong(), body.getInt());
        long dataBytes = body.getLong();
        byte[] disk = new byte[Byte.toUnsignedInt(body.get())];
        body.get(disk);
        return new Open(transfer, geometry, dataBytes, new String(disk, StandardCharsets.UTF_8));
    }

    private static TransferId transfer(ByteBuffer body) {
        return new TransferId(new UUID(body.getLong(), body.getLong()));
    }

    private static List<ChunkHash> hashes(int count, ByteBuffer body) {
        List<ChunkHash> hashes = new ArrayList<>();
        for (int i = 0; i < Math.min(count, Frame.OFFER_CHUNKS_MAX + 1); i++) {
            hashes.add(hash(body));
        }
        return hashes;
    }

    private static ChunkHash hash(ByteBuffer body) {
        byte[] hash = new byte[ChunkHash.LENGTH];
        body.get(hash);
        return ChunkHash.ofBytes(hash);
    }

    private static byte[] rest(ByteBuffer body) {
        byte[] rest = new byte[body.remaining()];
        body.get(rest);
        return rest;
    }

    private static <E> E oneOf(E[] values, int number) {
        if (number < 0 || number >= values.length) {
            throw new IllegalArgumentException("number " + number + " is not known");
        }
        return values[number];
    }
}
