package org.godwit.disk.mover;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.TransferId;

/** A receiver for one disk, and senders for it. */
final class Port implements Landings, Closeable {

    static final int CHUNK_BYTES = 64 << 10;

    final MemoryDisk target;
    final AtomicInteger verified = new AtomicInteger();
    final Authority authority = new Authority();
    final SSLContext source = authority.host("source");
    final TransferId transfer = new TransferId(UUID.fromString("0b0e1d2c-0000-4000-8000-00000000000a"));
    volatile List<Disk.Opener> siblings = List.of();
    volatile Duration patience = Duration.ofSeconds(30);
    private final DiskReceiver receiver;

    Port(MemoryDisk target) {
        this.target = target;
        SSLContext tls = authority.host("target");
        try {
            this.receiver = new DiskReceiver(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0),
                    () -> tls, this, System::nanoTime, Duration.ofSeconds(60));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    InetSocketAddress address() {
        return receiver.address();
    }

    Sending sending(Disk.Opener disk, int connections, InetSocketAddress by, List<Extent> changes) {
        return new Sending(
                new Shipment(transfer, "vda", disk, CHUNK_BYTES, connections,
                        changes.isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        ChunkSet.touchedBy(changes, new Geometry(target.open().size(), CHUNK_BYTES)))),
                new Sending.Line(by, source, new Pacer(System::nanoTime, 0), System::nanoTime,
                        patience));
    }

    Shipped send(Disk.Opener disk, int connections) throws IOException {
        return sending(disk, connections, address(), List.of()).run();
    }

    @Override
    public Landing begin(Open open, Peer peer) {
        return new Landing() {
            @Override
            public Disk openTarget() {
                return target.open();
            }

            @Override
            public List<Disk.Opener> siblings() {
                return siblings;
            }

            @Override
            public void verified() {
                verified.incrementAndGet();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() throws IOException {
        receiver.close();
    }
}
