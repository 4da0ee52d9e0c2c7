package org.godwit.disk.mover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.godwit.disk.Disk;
import org.godwit.disk.DiskFullException;
import org.godwit.disk.Extent;

/** A sparse disk in memory: pages of 64 KiB, those that were never written are known to be zero. All handles share it. */
final class MemoryDisk implements Disk.Opener {

    private static final int PAGE = 64 << 10;

    final AtomicLong bytesRead = new AtomicLong();
    final AtomicLong flushes = new AtomicLong();
    volatile int pagesMax = Integer.MAX_VALUE;
    volatile long bytesReadMax = Long.MAX_VALUE;
    private final long size;
    private final Map<Long, byte[]> pages = new ConcurrentHashMap<>();

    MemoryDisk(long size) {
        this.size = size;
    }

    MemoryDisk with(long offset, byte[] bytes) {
        try (Disk disk = open()) {
            disk.write(offset, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    int pages() {
        return pages.size();
    }

    /** What is on it, pages of zeroes left out. */
    Map<Long, Integer> content() {
        Map<Long, Integer> content = new TreeMap<>();
        pages.forEach((number, page) -> {
            if (!Contents.areZero(page, 0, PAGE)) {
                content.put(number, Arrays.hashCode(page));
            }
        });
        return content;
    }

    @Override
    public Disk open() {
        return new Handle();
    }

    private final class Handle implements Disk {

        @Override
        public long size() {
            return size;
        }

        @Override
        public List<Extent> extents(long offset, long length) {
            List<Extent> extents = new ArrayList<>();
            for (long at = offset; at < offset + length;) {
                boolean zero = !pages.containsKey(at / PAGE);
                long end = at;
                while (end < offset + length && pages.containsKey(end / PAGE) != zero) {
                    end = Math.min(offset + length, (end / PAGE + 1) * PAGE);
                }
                extents.add(new Extent(at, end - at, zero));
                at = end;
            }
            return extents;
        }

        @Override
        public void read(long offset, byte[] into, int at, int length) throws IOException {
            if (bytesRead.addAndGet(length) > bytesReadMax) {
                throw new IOException("what is at " + offset + " cannot be read");
            }
            for (int done = 0; done < length;) {
                int inPage = (int) ((offset + done) % PAGE);
                int count = Math.min(PAGE - inPage, length - done);
                byte[] page = pages.get((offset + done) / PAGE);
                if (page == null) {
                    Arrays.fill(into, at + done, at + done + count, (byte) 0);
                } else {
                    System.arraycopy(page, inPage, into, at + done, count);
                }
                done += count;
            }
        }

        @Override
        public void write(long offset, byte[] from, int at, int length) throws IOException {
            for (int done = 0; done < length;) {
                int inPage = (int) ((offset + done) % PAGE);
                int count = Math.min(PAGE - inPage, length - done);
                long number = (offset + done) / PAGE;
                if (!pages.containsKey(number) && pages.size() >= pagesMax) {
                    throw new DiskFullException("no room for page " + number);
                }
                System.arraycopy(from, at + done, pages.computeIfAbsent(number, _ -> new byte[PAGE]), inPage, count);
                done += count;
            }
        }

        @Override
        public void zero(long offset, long length) throws IOException {
            for (long at = offset; at < offset + length;) {
                int inPage = (int) (at % PAGE);
                int count = (int) Math.min(PAGE - inPage, offset + length - at);
                if (count == PAGE) {
                    pages.remove(at / PAGE);
                } else if (pages.containsKey(at / PAGE)) {
                    write(at, new byte[count], 0, count);
                }
                at += count;
            }
        }

        @Override
        public void flush() {
            flushes.incrementAndGet();
        }

        @Override
        public void close() {}
    }
}
