package org.godwit.cli.remote;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The beginning of what another machine writes; the rest is read and forgotten. */
final class BoundedText extends OutputStream {

    private static final int BYTES_MAX = 1 << 20;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public synchronized void write(int value) {
        if (kept.size() < BYTES_MAX) {
            kept.write(value);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
        kept.write(bytes, from, Math.min(length, BYTES_MAX - kept.size()));
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** @return whether nothing more comes */
    boolean awaitEnd(long milliseconds) throws InterruptedException {
        return closed.await(milliseconds, TimeUnit.MILLISECONDS);
    }

    synchronized String text() {
        return kept.toString(StandardCharsets.UTF_8);
    }
}
