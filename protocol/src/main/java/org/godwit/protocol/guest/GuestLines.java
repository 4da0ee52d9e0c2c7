package org.godwit.protocol.guest;

import java.util.ArrayDeque;

/**
 * Cuts what arrives on the channel into lines. Lines longer than {@value GuestCodec#LINE_BYTES_MAX} bytes are skipped and
 * counted, empty ones mean nothing. Not thread-safe.
 */
public final class GuestLines {

    /** What a peer can make us hold: lines that nobody has polled yet. */
    static final int WAITING_MAX = 64;

    private final byte[] line = new byte[GuestCodec.LINE_BYTES_MAX - 1];
    private final ArrayDeque<byte[]> complete = new ArrayDeque<>();
    private int length;
    private boolean skipping;
    private long skipped;

    /** Takes the next bytes; afterwards {@link #poll} until it returns null. */
    public void feed(byte[] bytes, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            if (bytes[i] == '\n') {
                endLine();
            } else if (length == line.length) {
                skipping = true;
            } else {
                line[length++] = bytes[i];
            }
        }
    }

    private void endLine() {
        if (skipping || complete.size() == WAITING_MAX) {
            skipped++;
        } else if (length > 0) {
            byte[] whole = new byte[length];
            System.arraycopy(line, 0, whole, 0, length);
            complete.add(whole);
        }
        length = 0;
        skipping = false;
    }

    /** The next line without its end, or null. */
    public byte[] poll() {
        return complete.poll();
    }

    /** Lines skipped because they were too long, or because more came than anyone polled. */
    public long skipped() {
        return skipped;
    }
}
