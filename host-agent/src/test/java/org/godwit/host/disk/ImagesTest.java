package org.godwit.host.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.UUID;
import org.godwit.host.disk.Images.Description;
import org.godwit.host.disk.LocalDisk.Label;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {

    /** Of QEMU 10.0. */
    private static final String PRINTED = """
            image: /srv/vm1.qcow2
            file format: qcow2
            virtual size: 2 GiB (2147483648 bytes)
            disk size: 1.5 MiB
            cluster_size: 65536
            backing file: /srv/golden.raw
            backing file format: raw
            Format specific information:
                compat: 1.1
                extended l2: false
            Child node '/file':
                filename: /srv/vm1.qcow2
                protocol type: file
                file length: 4 MiB (4194304 bytes)
                disk size: 1.5 MiB

            image: /srv/golden.raw
            file format: raw
            virtual size: 1 GiB (1073741824 bytes)
            disk size: 512 KiB
            """;

    @Test
    void anImageIsAsLargeAsTheVmSeesItAndTakesWhatItsChainTakes() {
        assertThat(Description.parse(PRINTED)).isEqualTo(new Description(2L << 30, 2 << 20, false, false));
    }

    @Test
    void snapshotsAndEncryptionAreSeen() {
        assertThat(Description.parse(PRINTED.replace("cluster_size: 65536", "encrypted: yes\nSnapshot list:\nID TAG")))
                .isEqualTo(new Description(2L << 30, 2 << 20, true, true));
    }

    @Test
    void whatQemuImgDoesNotSayIsNoSize() {
        assertThatThrownBy(() -> Description.parse("file format: raw")).isInstanceOf(DiskException.class)
                .hasMessageContaining("does not tell the size");
    }

    @Test
    void aDiskIsCalledTheSameAtBothEnds() {
        Label label = new Label(new UUID(1, 2), new LocalDisk("vda", "raw", Path.of("/srv/my vm.img")), false);
        assertThat(label.text()).isEqualTo("00000000-0000-0001-0000-000000000002 vda raw /srv/my vm.img");
        assertThat(Label.parse(label.text())).isEqualTo(label);
        assertThat(label.disk().overlay()).hasToString("/srv/my vm.img.godwit-overlay");
    }

    @Test
    void someOfADiskIsCalledSo() {
        Label label = new Label(new UUID(1, 2), new LocalDisk("vda", "raw", Path.of("/srv/vm.img")), true);
        assertThat(label.text()).isEqualTo("00000000-0000-0001-0000-000000000002 + vda raw /srv/vm.img");
        assertThat(Label.parse(label.text())).isEqualTo(label);
    }

    @Test
    void layersAreKnownByTheirNames() {
        LocalDisk disk = new LocalDisk("vda", "raw", Path.of("/srv/vm.img"));
        assertThat(disk.layers()).hasSize(LocalDisk.LAYERS_MAX)
                .allSatisfy(layer -> assertThat(LocalDisk.isLayer(layer.toString())).isTrue());
        assertThat(disk.layer(3)).hasToString("/srv/vm.img.godwit-overlay-3");
        assertThat(LocalDisk.isLayer(disk.layer(0).toString())).isFalse();
        assertThat(LocalDisk.isLayer(disk.unused(2).toString())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00000000-0000-0001-0000-000000000002", "1 vda raw /srv/a",
            "00000000-0000-0001-0000-000000000002 vda vmdk /srv/a",
            "00000000-0000-0001-0000-000000000002 vda raw srv/a",
            "00000000-0000-0001-0000-000000000002 vda raw /srv/../etc/passwd",
            "00000000-0000-0001-0000-000000000002 ../x raw /srv/a", "00000000-0000-0001-0000-000000000002 vda raw" })
    void whateverElseIsNoDisk(String text) {
        assertThatThrownBy(() -> Label.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
