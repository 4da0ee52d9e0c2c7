package org.godwit.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** An open disk. It is used by one thread at a time: who wants to work in parallel opens it several times. */
public interface Disk extends Closeable {

    /** In bytes. */
    long size();

    /**
     * Where the range is known to be zero without reading it.
     *
     * @return in order, without gaps, exactly over the range
     */
    List<Extent> extents(long offset, long length) throws IOException;

    void read(long offset, byte[] into, int at, int length) throws IOException;

    /** @throws DiskFullException when the storage below has no room */
    void write(long offset, byte[] from, int at, int length) throws IOException;

    /** Makes the range zero, and gives its space back where the storage can. */
    void zero(long offset, long length) throws IOException;

    /** Returns when all that was written will survive a loss of power. */
    void flush() throws IOException;

    /** Opens a disk, any number of times. */
    interface Opener {
        Disk open() throws IOException;
    }
}
