package org.godwit.host.disk;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.godwit.disk.Disk;

/**
 * A disk that nobody reads to its end, once it was flushed, until he may.
 *
 * @param from the first byte that is waited for
 * @param flushed shared by all handles
 */
record HaltingDisk(Disk disk, long from, AtomicBoolean flushed, CountDownLatch mayRead) implements WrappedDisk {

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
        if (flushed.get() && offset >= from) {
            try {
                mayRead.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        disk.read(offset, into, at, length);
    }

    @Override
    public void flush() throws IOException {
        disk.flush();
        flushed.set(true);
    }
}
