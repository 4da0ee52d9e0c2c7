package org.godwit.disk.mover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;
import org.godwit.disk.mover.Landings.Landing;
import org.godwit.disk.nbd.QemuImages;
import org.godwit.disk.wire.TransferId;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a read-only chain of images into another format. */
@Tag("vm")
class RealImagesTest {

    private static final long SIZE = 200L << 30;
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsQemu() {
        Tier.VM.needs(QemuImages.missing());
    }

    @Test
    void aSparseChainOfImagesArrivesAsOneSparseImage() throws IOException {
        Path base = QemuImages.create(folder.resolve("base"), "raw", SIZE);
        write(base, "raw", 0);
        Path overlay = QemuImages.createOverlay(folder.resolve("overlay"), base, "raw");
        write(overlay, "qcow2", 2 * MIB);
        Path target = QemuImages.create(folder.resolve("target"), "qcow2", SIZE);
        Authority authority = new Authority();
        try (QemuImages images = new QemuImages(folder)) {
            Disk.Opener from = images.serve(overlay, "qcow2", true);
            Disk.Opener into = images.serve(target, "qcow2", false);
            try (DiskReceiver receiver = new DiskReceiver(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0),
                    authority.host("target"), (_, _) -> new OneDisk(into), System::nanoTime, Duration.ofSeconds(60))) {
                Sending sending = new Sending(
                        new Shipment(new TransferId(new UUID(1, 2)), "vda", from, 256 << 10, 2, Optional.empty()),
                        new Sending.Line(receiver.address(), authority.host("source"), new Pacer(System::nanoTime, 0),
                                System::nanoTime, Duration.ofSeconds(60)));
                assertThat(sending.run().amounts().sentBytes()).isEqualTo(10 * MIB);
            }
            try (Disk source = from.open(); Disk arrived = into.open()) {
                assertThat(data(arrived)).isEqualTo(data(source)).isEqualTo(10 * MIB);
                byte[] here = new byte[12 * MIB];
                byte[] there = new byte[12 * MIB];
                source.read(SIZE / 2, here, 0, here.length);
                arrived.read(SIZE / 2, there, 0, there.length);
                assertThat(there).isEqualTo(here);
            }
        }
    }

    private void write(Path image, String format, int at) throws IOException {
        byte[] noise = new byte[8 * MIB];
        new Random(at).nextBytes(noise);
        try (QemuImages images = new QemuImages(folder); Disk disk = images.serve(image, format, false).open()) {
            disk.write(SIZE / 2 + at, noise, 0, noise.length);
        }
    }

    private static long data(Disk disk) throws IOException {
        return disk.extents(0, disk.size()).stream().filter(extent -> !extent.zero()).mapToLong(Extent::length).sum();
    }

    private record OneDisk(Disk.Opener target) implements Landing {

        @Override
        public Disk openTarget() throws IOException {
            return target.open();
        }

        @Override
        public List<Disk.Opener> siblings() {
            return List.of();
        }

        @Override
        public void verified() {}

        @Override
        public void close() {}
    }
}
