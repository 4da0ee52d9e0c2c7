package org.godwit.lab.hypervisor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.IPAddressString;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.godwit.lab.hypervisor.DomainXml.Disk;
import org.godwit.lab.hypervisor.DomainXml.Nic;
import org.godwit.lab.VmSize;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class DomainXmlTest {

    private static final UUID ID = UUID.fromString("aaaaaaaa-0000-4000-8000-000000000001");

    @Test
    void aVmHasOneInterfaceOnEachBridge() {
        Golden.assertMatches("hypervisor/domain.xml", domain(new VmSize(256, 1), "console=ttyS0 quiet").text());
    }

    @Test
    void aVmWithSeveralProcessorsHasAsManyQueues() {
        Golden.assertMatches("hypervisor/domain-smp.xml", domain(new VmSize(512, 2), "console=ttyS0 quiet").text());
        assertThatThrownBy(() -> domain(new VmSize(512, 0), "")).hasMessageContaining("1 to 64 processors, got 0");
    }

    @Test
    void whatWouldBeMarkupIsEscaped() {
        Golden.assertMatches("hypervisor/domain-escaped.xml", domain(new VmSize(128, 1), "a=<b> & \"c\"").text());
    }

    @Test
    void aGuestTooSmallForAJvmIsRefused() {
        assertThatThrownBy(() -> domain(new VmSize(64, 1), "")).hasMessageContaining("at least 128 MiB");
    }

    @Test
    void eachHostHasItsOwnLibvirtd() {
        LibvirtConf conf = new LibvirtConf(ID, new IPAddressString("2001:db8:a::10").getAddress().toIPv6(),
                Path.of("/lab/logs/host-a.libvirtd.log"), true);

        Golden.assertMatches("hypervisor/libvirtd.conf", conf.libvirtd());
        Golden.assertMatches("hypervisor/qemu.conf", conf.qemu());
    }

    private static DomainXml domain(VmSize size, String kernelArguments) {
        return new DomainXml(Name.of("vm1"), ID, Accelerator.TCG, size, Path.of("/cache/vmlinuz"),
                Path.of("/cache/initrd"), kernelArguments,
                List.of(new Nic(MacAddress.of("52:54:00:0a:00:01"), "br-site"),
                        new Nic(MacAddress.of("52:54:00:0a:00:02"), "gw-idle")),
                size.vcpus() == 2
                        ? List.of(new Disk.File("vda", "qcow2", Path.of("/var/lib/libvirt/images/vm1.qcow2")),
                                new Disk.Served("vdb", Path.of("/lab/vms/vm1/disk.socket")))
                        : List.of(),
                Path.of("/lab/vms/vm1/console.log"));
    }
}
