package org.godwit.disk.mover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;
import org.godwit.disk.mover.Landings.Landing;
import org.godwit.disk.mover.Shipped.Amounts;
import org.godwit.disk.nbd.NbdMarks;
import org.godwit.disk.nbd.QemuImages;
import org.godwit.disk.nbd.QemuImages.Served;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.TransferId;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From read-only images into others, through qemu-nbd on both sides. */
@Tag("vm")
class RealImagesTest {

    private static final long SIZE = 200L << 30;
    private static final int MIB = 1 << 20;
    private static final int CHUNK = 256 << 10;

    private final Authority authority = new Authority();

    @TempDir
    Path folder;

    @BeforeAll
    static void needsQemu() {
        Tier.VM.needs(QemuImages.missing());
    }

    @Test
    void aSparseChainOfImagesArrivesAsOneSparseImage() throws IOException {
        Path base = QemuImages.create(folder.resolve("base"), "raw", SIZE);
        write(base, "raw", SIZE / 2, 8 * MIB);
        Path overlay = QemuImages.createOverlay(folder.resolve("overlay"), base, "raw");
        write(overlay, "qcow2", SIZE / 2 + 2 * MIB, 8 * MIB);
        Path target = QemuImages.create(folder.resolve("target"), "qcow2", SIZE);
        try (QemuImages images = new QemuImages(folder)) {
            Served from = images.serve(overlay, "qcow2", true);
            Served into = images.serve(target, "qcow2", false);
            assertThat(send(from, into, Optional.empty()).sentBytes()).isEqualTo(10 * MIB);
            assertThat(data(into)).isEqualTo(data(from)).isEqualTo(10 * MIB);
            assertSame(from, into, SIZE / 2, 12 * MIB);
        }
    }

    /** As redirect-on-write has it: each layer is frozen by the next, and travels without what that has written anew. */
    @Test
    void layersTravelOneByOneWithoutWhatWasOverwrittenMeanwhile() throws IOException {
        Path base = QemuImages.create(folder.resolve("base"), "qcow2", 64 * MIB);
        write(base, "qcow2", 0, 16 * MIB);
        Path first = QemuImages.createOverlay(folder.resolve("first"), base, "qcow2");
        write(first, "qcow2", 4 * MIB, 4 * MIB);
        write(first, "qcow2", 20 * MIB + 4096, 4096);
        Path second = QemuImages.createOverlay(folder.resolve("second"), first, "qcow2");
        write(second, "qcow2", 5 * MIB, 2 * MIB);
        write(second, "qcow2", 4 * MIB + 8192, 4096);
        Path target = QemuImages.create(folder.resolve("target"), "raw", 64 * MIB);
        try (QemuImages images = new QemuImages(folder)) {
            Served into = images.serve(target, "raw", false);
            send(images.serve(base, "qcow2", true), into, Optional.empty());
            Served afterFirst = images.serve(first, "qcow2", true);
            Served afterSecond = images.serve(second, "qcow2", true);
            Geometry geometry = new Geometry(64 * MIB, CHUNK);
            List<Extent> older = own(afterFirst);
            List<Extent> newer = own(afterSecond);
            assertThat(older).containsExactly(new Extent(4 * MIB, 4 * MIB, false),
                    new Extent(20 * MIB + 4096, 4096, false));
            Amounts low = send(afterFirst, into, Optional.of(ChunkSet.touchedBy(older, geometry)
                    .without(ChunkSet.coveredBy(newer, geometry))));
            assertThat(low.sentBytes()).isEqualTo(2 * MIB + CHUNK);
            Amounts high = send(afterSecond, into, Optional.of(ChunkSet.touchedBy(newer, geometry)));
            assertThat(high.sentBytes()).isEqualTo(2 * MIB + CHUNK);
            assertSame(afterSecond, into, 0, 64 * MIB);
        }
    }

    private Amounts send(Served from, Served into, Optional<ChunkSet> chunks) throws IOException {
        try (DiskReceiver receiver = new DiskReceiver(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0),
                () -> authority.host("target"), (_, _) -> Landing.at(into), System::nanoTime, Duration.ofSeconds(60))) {
            return new Sending(new Shipment(new TransferId(new UUID(1, 2)), "vda", from, CHUNK, 2, chunks),
                    new Sending.Line(receiver.address(), authority.host("source"), new Pacer(System::nanoTime, 0),
                            System::nanoTime, Duration.ofSeconds(60)))
                    .run().amounts();
        }
    }

    private static List<Extent> own(Served served) throws IOException {
        try (NbdMarks layer = NbdMarks.ofLayer(served.socket(), "")) {
            return layer.extents();
        }
    }

    private void write(Path image, String format, long offset, int length) throws IOException {
        byte[] noise = new byte[length];
        new Random(offset).nextBytes(noise);
        try (QemuImages images = new QemuImages(folder); Disk disk = images.serve(image, format, false).open()) {
            disk.write(offset, noise, 0, noise.length);
        }
    }

    private static void assertSame(Served source, Served target, long offset, int length) throws IOException {
        try (Disk from = source.open(); Disk into = target.open()) {
            byte[] here = new byte[length];
            byte[] there = new byte[length];
            from.read(offset, here, 0, length);
            into.read(offset, there, 0, length);
            assertThat(Arrays.mismatch(here, there)).isEqualTo(-1);
        }
    }

    private static long data(Served served) throws IOException {
        try (Disk disk = served.open()) {
            return disk.extents(0, disk.size()).stream().filter(extent -> !extent.zero()).mapToLong(Extent::length)
                    .sum();
        }
    }
}
