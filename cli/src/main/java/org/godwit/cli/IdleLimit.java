package org.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A body that may take as long as it likes, while something of it comes: a connection can be dead without anybody's saying so. */
final class IdleLimit extends InputStream {

    private final InputStream body;
    private final Duration limit;

    /** @param body whose reader wakes up when it is closed */
    IdleLimit(InputStream body, Duration limit) {
        this.body = body;
        this.limit = limit;
    }

    /** @throws HttpTimeoutException when nothing has come for the limit */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        CompletableFuture<Void> something = new CompletableFuture<Void>().orTimeout(limit.toMillis(),
                TimeUnit.MILLISECONDS);
        something.whenComplete((_, silence) -> {
            if (silence != null) {
                end();
            }
        });
        try {
            return body.read(bytes, offset, length);
        } catch (IOException e) {
            throw something.isCompletedExceptionally()
                    ? new HttpTimeoutException("nothing came for " + limit.toSeconds() + " s")
                    : e;
        } finally {
            something.complete(null);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    private void end() {
        try {
            body.close();
        } catch (IOException _) {
            // It is given up anyway.
        }
    }
}
