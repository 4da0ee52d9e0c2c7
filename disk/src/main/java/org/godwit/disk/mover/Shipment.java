package org.godwit.disk.mover;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.disk.Disk;
import org.godwit.disk.wire.TransferId;

/**
 * What is to be sent.
 *
 * @param transfer the same again to resume
 * @param disk which disk of the VM, as the receiver knows it
 * @param source opened once for each connection; it must not change until all is sent
 * @param chunkBytes a power of two from 16 KiB to 1 MiB: small ones find more that is equal, large ones travel faster
 * @param connections 1 to 16; each takes a thread here and there
 * @param chunks those that are to be sent, of the same size; all when empty
 */
public record Shipment(TransferId transfer, String disk, Disk.Opener source, int chunkBytes, int connections,
        Optional<ChunkSet> chunks) {

    public static final int CONNECTIONS_MAX = 16;

    public Shipment {
        requireNonNull(transfer, "transfer is null");
        requireNonNull(disk, "disk is null");
        requireNonNull(source, "source is null");
        if (connections < 1 || connections > CONNECTIONS_MAX) {
            throw new IllegalArgumentException(
                    "connections is " + connections + ": 1 to " + CONNECTIONS_MAX + " are possible");
        }
        requireNonNull(chunks, "chunks is null");
    }
}
