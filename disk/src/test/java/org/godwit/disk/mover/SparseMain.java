package org.godwit.disk.mover;

import java.util.Random;
import java.util.stream.IntStream;
import org.godwit.disk.mover.Shipped.Amounts;

/** Moves a disk of so many GiB, with 4 MiB of data all over it, to a receiver in the same process. */
public final class SparseMain {

    private static final int PIECES = 64;

    private SparseMain() {}

    public static void main(String[] arguments) throws Exception {
        long size = Long.parseLong(arguments[0]) << 30;
        MemoryDisk source = new MemoryDisk(size);
        IntStream.range(0, PIECES).forEach(i -> {
            byte[] noise = new byte[Port.CHUNK_BYTES];
            new Random(i).nextBytes(noise);
            source.with(size / PIECES * i, noise);
        });
        try (Port port = new Port(new MemoryDisk(size))) {
            Amounts amounts = port.send(source, 2).amounts();
            if (!port.target.content().equals(source.content()) || port.target.pages() != PIECES
                    || source.bytesRead.get() != amounts.sentBytes()) {
                throw new AssertionError("not the same: " + amounts);
            }
        }
    }
}
