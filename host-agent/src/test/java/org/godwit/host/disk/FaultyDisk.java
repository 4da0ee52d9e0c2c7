package org.godwit.host.disk;

import java.io.IOException;
import org.godwit.disk.Disk;

/** A disk to which something happens when it is written to. */
record FaultyDisk(Disk disk, Fault fault) implements WrappedDisk {

    /** Fails, or changes what is written. */
    interface Fault {
        void befall(byte[] bytes) throws IOException;
    }

    @Override
    public void write(long offset, byte[] from, int at, int length) throws IOException {
        byte[] bytes = from.clone();
        fault.befall(bytes);
        disk.write(offset, bytes, at, length);
    }
}
