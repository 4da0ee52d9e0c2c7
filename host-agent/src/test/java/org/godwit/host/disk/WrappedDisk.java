package org.godwit.host.disk;

import java.io.IOException;
import java.util.List;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;

/** Does what the disk in it does, but for what is said otherwise. */
interface WrappedDisk extends Disk {

    Disk disk();

    @Override
    default long size() {
        return disk().size();
    }

    @Override
    default List<Extent> extents(long offset, long length) throws IOException {
        return disk().extents(offset, length);
    }

    @Override
    default void read(long offset, byte[] into, int at, int length) throws IOException {
        disk().read(offset, into, at, length);
    }

    @Override
    default void write(long offset, byte[] from, int at, int length) throws IOException {
        disk().write(offset, from, at, length);
    }

    @Override
    default void zero(long offset, long length) throws IOException {
        disk().zero(offset, length);
    }

    @Override
    default void flush() throws IOException {
        disk().flush();
    }

    @Override
    default void close() throws IOException {
        disk().close();
    }
}
