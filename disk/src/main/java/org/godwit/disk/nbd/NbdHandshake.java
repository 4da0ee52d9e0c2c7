package org.godwit.disk.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The negotiation at the beginning: structured replies, one metadata context, and the export. */
final class NbdHandshake {

    private static final int REPLY_BYTES_MAX = 64 << 10;

    private final NbdChannel channel;

    NbdHandshake(NbdChannel channel) {
        this.channel = channel;
    }

    /**
     * What was agreed on.
     *
     * @param size in bytes
     * @param flags of the export
     * @param contextId under which the server tells about the context asked for
     */
    record Export(long size, int flags, int contextId) {

        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    Export agree(String export, String context) throws IOException {
        ByteBuffer greeting = channel.read(18);
        if (greeting.getLong() != NbdWire.SERVER_MAGIC || greeting.getLong() != NbdWire.OPTION_MAGIC
                || (greeting.getShort() & NbdWire.HANDSHAKE_FLAGS) != NbdWire.HANDSHAKE_FLAGS) {
            throw new NbdException("the other side is no NBD server of the fixed newstyle");
        }
        channel.write(ByteBuffer.allocate(4).putInt(NbdWire.HANDSHAKE_FLAGS).flip());
        option(NbdWire.OPTION_STRUCTURED_REPLY, ByteBuffer.allocate(0));
        acknowledgement("structured replies");
        int contextId = askForContext(export, context);
        return go(export, contextId);
    }

    private int askForContext(String export, String context) throws IOException {
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        byte[] query = context.getBytes(StandardCharsets.UTF_8);
        option(NbdWire.OPTION_SET_META_CONTEXT, ByteBuffer.allocate(12 + name.length + query.length)
                .putInt(name.length).put(name).putInt(1).putInt(query.length).put(query).flip());
        Reply reply = reply();
        if (reply.type() != NbdWire.OPTION_META_CONTEXT || reply.body().remaining() < 4) {
            throw new NbdException("the NBD server does not tell " + context + " of export '" + export + "': "
                    + reply.words());
        }
        int id = reply.body().getInt();
        acknowledgement(context);
        return id;
    }

    private Export go(String export, int contextId) throws IOException {
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        option(NbdWire.OPTION_GO,
                ByteBuffer.allocate(6 + name.length).putInt(name.length).put(name).putShort((short) 0).flip());
        Export agreed = null;
        for (Reply reply = reply(); reply.type() != NbdWire.OPTION_ACKNOWLEDGED; reply = reply()) {
            if (reply.type() != NbdWire.OPTION_INFO || reply.body().remaining() < 2) {
                throw new NbdException("the NBD server refuses export '" + export + "': " + reply.words());
            }
            if (reply.body().getShort() == NbdWire.INFO_EXPORT && reply.body().remaining() == 10) {
                agreed = new Export(reply.body().getLong(), Short.toUnsignedInt(reply.body().getShort()), contextId);
            }
        }
        if (agreed == null || agreed.size() < 0) {
            throw new NbdException("the NBD server does not tell the size of export '" + export + "'");
        }
        return agreed;
    }

    private void option(int option, ByteBuffer body) throws IOException {
        channel.write(ByteBuffer.allocate(16).putLong(NbdWire.OPTION_MAGIC).putInt(option).putInt(body.remaining())
                .flip(), body);
    }

    private void acknowledgement(String of) throws IOException {
        Reply reply = reply();
        if (reply.type() != NbdWire.OPTION_ACKNOWLEDGED) {
            throw new NbdException("the NBD server refuses " + of + ": " + reply.words());
        }
    }

    private Reply reply() throws IOException {
        ByteBuffer header = channel.read(20);
        if (header.getLong() != NbdWire.OPTION_REPLY_MAGIC) {
            throw new NbdException("the other side answers an option with something else");
        }
        header.getInt();
        int type = header.getInt();
        return new Reply(type, channel.read(header.getInt(), REPLY_BYTES_MAX, "answer to an option"));
    }

    private record Reply(int type, ByteBuffer body) {

        String words() {
            return "reply 0x" + Integer.toHexString(type)
                    + (body.hasRemaining() ? ", " + NbdChannel.text(body.duplicate()) : "");
        }
    }
}
