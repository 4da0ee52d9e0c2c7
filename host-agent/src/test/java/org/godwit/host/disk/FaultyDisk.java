package org.godwit.host.disk;

import java.io.IOException;
import java.util.List;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;

/** A disk to which something happens when it is written to. */
record FaultyDisk(Disk disk, Fault fault) implements Disk {

    /** Fails, or changes what is written. */
    interface Fault {
        void befall(byte[] bytes) throws IOException;
    }

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
        disk.read(offset, into, at, length);
    }

    @Override
    public void write(long offset, byte[] from, int at, int length) throws IOException {
        byte[] bytes = from.clone();
        fault.befall(bytes);
        disk.write(offset, bytes, at, length);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        disk.zero(offset, length);
    }

    @Override
    public void flush() throws IOException {
        disk.flush();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
