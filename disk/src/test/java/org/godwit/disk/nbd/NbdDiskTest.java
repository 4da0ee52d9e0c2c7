package org.godwit.disk.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("vm")
class NbdDiskTest {

    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsQemu() {
        Tier.VM.needs(QemuImages.missing());
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "qcow2" })
    void whatIsWrittenIsThereAndTheRestIsKnownToBeZero(String format) throws IOException {
        byte[] noise = noise(MIB);
        Path image = QemuImages.create(folder.resolve("disk"), format, 3L << 30);
        try (QemuImages images = new QemuImages(folder)) {
            Disk.Opener opener = images.serve(image, format, false);
            try (Disk disk = opener.open(); Disk other = opener.open()) {
                assertThat(disk.size()).isEqualTo(3L << 30);
                assertThat(disk.extents(0, disk.size())).allMatch(Extent::zero);
                disk.write(2L << 30, noise, 0, MIB);
                disk.zero((2L << 30) + 64 * 1024, 128 * 1024);
                disk.flush();
                byte[] read = new byte[2 * MIB];
                other.read((2L << 30) - MIB / 2, read, 0, read.length);
                byte[] expected = new byte[2 * MIB];
                System.arraycopy(noise, 0, expected, MIB / 2, MIB);
                Arrays.fill(expected, MIB / 2 + 64 * 1024, MIB / 2 + 192 * 1024, (byte) 0);
                assertThat(read).isEqualTo(expected);
                long data = 0;
                long at = 0;
                for (Extent extent : other.extents(0, other.size())) {
                    assertThat(extent.offset()).isEqualTo(at);
                    at = extent.end();
                    data += extent.zero() ? 0 : extent.length();
                }
                assertThat(at).isEqualTo(disk.size());
                assertThat(data).isEqualTo(MIB - 128 * 1024);
            }
        }
    }

    @Test
    void anOverlayIsReadTogetherWithItsBase() throws IOException {
        byte[] noise = noise(MIB);
        Path base = QemuImages.create(folder.resolve("base"), "raw", 8 * MIB);
        try (QemuImages images = new QemuImages(folder); Disk disk = images.serve(base, "raw", false).open()) {
            disk.write(0, noise, 0, MIB);
        }
        Path overlay = QemuImages.createOverlay(folder.resolve("overlay"), base, "raw");
        try (QemuImages images = new QemuImages(folder); Disk disk = images.serve(overlay, "qcow2", false).open()) {
            disk.write(100, new byte[]{1 }, 0, 1);
            byte[] read = new byte[MIB];
            disk.read(0, read, 0, MIB);
            noise[100] = 1;
            assertThat(read).isEqualTo(noise);
        }
    }

    @Test
    void whatIsServedReadOnlyIsNotWritten() throws IOException {
        Path image = QemuImages.create(folder.resolve("disk"), "raw", MIB);
        try (QemuImages images = new QemuImages(folder); Disk disk = images.serve(image, "raw", true).open()) {
            assertThatThrownBy(() -> disk.write(0, new byte[1], 0, 1)).isInstanceOf(NbdException.class)
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void anExportThatIsNotThereIsRefusedWithItsName() throws IOException {
        Path image = QemuImages.create(folder.resolve("disk"), "raw", MIB);
        try (QemuImages images = new QemuImages(folder)) {
            Path socket = images.serve(image, "raw", true).socket();
            assertThatThrownBy(() -> NbdDisk.open(socket, "another")).isInstanceOf(NbdException.class)
                    .hasMessageContaining("another");
        }
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(1).nextBytes(noise);
        return noise;
    }
}
