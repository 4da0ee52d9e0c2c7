package org.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts with a libvirtd each. */
@Tag("vm")
class LabHostTest {

    // Not under a long path: libvirt's sockets must fit into 108 bytes.
    @TempDir
    Path root;

    @BeforeAll
    static void needsHypervisors() {
        Tier.VM.needs(Requirements.missingForVms());
    }

    @Test
    void twoHostsReachEachOthersLibvirtAcrossTheInternet() {
        try (Lab lab = Lab.open(root, Qemu.probe(GuestImages.standard()))) {
            Host a = lab.host("host-a", lab.site("a", "2001:db8:a::/64"));
            Host b = lab.host("host-b", lab.site("b", "2001:db8:b::/64")).bandwidthMbit(1000);
            lab.start();

            assertThat(a.virsh("uri")).startsWith("qemu:///system");
            assertThat(a.run("virsh", "-q", "-c", b.libvirtUri(), "uri").strip()).isEqualTo(b.libvirtUri());
            assertThat(a.virsh("capabilities")).isNotEqualTo(b.virsh("capabilities"));
            assertThat(b.run("tc", "qdisc", "show", "dev", "uplink")).contains("tbf").contains("rate 1Gbit");
        }
    }
}
