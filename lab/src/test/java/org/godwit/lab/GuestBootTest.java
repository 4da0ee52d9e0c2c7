package org.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.ipv6.IPv6Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.model.HomeAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guest image on a host with a real libvirt. */
@Tag("vm")
class GuestBootTest {

    private static final Patience PATIENCE = new Patience(InstantSource.system());

    @TempDir
    Path root;

    @BeforeAll
    static void needsHypervisors() {
        Tier.VM.needs(Requirements.missingForVms());
    }

    @Test
    void aVmBootsFormsItsAddressAndIsReachedByTheCorrespondent() throws IOException {
        GuestImages images = GuestImages.standard();
        GuestImage image = images.guest();
        try (Lab lab = Lab.open(root, Qemu.probe(images))) {
            Site a = lab.site("a", "2001:db8:a::/64");
            Host host = lab.host("host-a", a);
            Correspondent cn = lab.correspondent("cn");
            Vm vm = lab.vm("vm1").talksTo(HomeAddress.of("2001:db8:face::2"));
            lab.start();
            // The host agent would make it.
            host.run("ip", "link", "add", Host.IDLE_BRIDGE, "up", "type", "bridge");

            vm.boot(host, image);

            PATIENCE.until(Duration.ofSeconds(90), () -> console(vm).contains("init: guest agent starts"),
                    () -> "the guest does not come up; its console:\n" + console(vm));
            IPv6Address moa = a.prefix().addressOf(vm.primaryMac()).address();
            PATIENCE.until(Duration.ofSeconds(60), () -> answers(cn, moa), () -> moa + " does not answer");
            assertThat(console(vm)).doesNotContain("does not load").doesNotContain("Kernel panic");
            assertThat(host.virsh("domstate", "vm1").strip()).isEqualTo("running");
        }
    }

    private static boolean answers(Correspondent cn, IPv6Address moa) {
        try {
            cn.run("ping", "-6", "-n", "-c", "1", "-W", "1", moa.toCanonicalString());
            return true;
        } catch (LabException e) {
            return false;
        }
    }

    private static String console(Vm vm) {
        try {
            return Files.readString(vm.console());
        } catch (IOException e) {
            return "";
        }
    }
}
