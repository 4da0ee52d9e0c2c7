package org.godwit.host.disk;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;

/**
 * A disk that nobody reads to its end, once it was flushed, until he may.
 *
 * @param from the first byte that is waited for
 * @param flushed shared by all handles
 */
record HaltingDisk(Disk disk, long from, AtomicBoolean flushed, CountDownLatch mayRead) implements Disk {

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public List<Extent> extents(long offset, long length) throws IOException {
        return disk.extents(offset, length);
    }

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
    public void write(long offset, byte[] bytes, int at, int length) throws IOException {
        disk.write(offset, bytes, at, length);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        disk.zero(offset, length);
    }

    @Override
    public void flush() throws IOException {
        disk.flush();
        flushed.set(true);
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
