package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.godwit.host.hypervisor.DomainXml.FileDisk;
import org.godwit.host.hypervisor.DomainXml.Interface;
import org.godwit.host.hypervisor.Hypervisor.CopyOrder;
import org.godwit.model.MacAddress;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class DomainXmlTest {

    private static final CopyOrder ORDER = new CopyOrder("qemu+tcp://[2001:db8:b::10]/system", "br-b", "gw-idle",
            Strategy.PRE_COPY, CopyOptions.STANDARD,
            Map.of("vda", Path.of("/srv/vm1.qcow2.godwit-overlay")), true);
    private static final String LIVE = """
            <domain type='qemu' id='1'>
              <name>vm1</name>
              <metadata><note xmlns='urn:note'>kept</note></metadata>
              <devices>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2'/>
                  <source file='/srv/vm1.qcow2.godwit-overlay-3' index='3'/>
                  <backingStore type='file' index='1'>
                    <format type='qcow2'/>
                    <source file='/srv/vm1.qcow2'/>
                    <backingStore/>
                  </backingStore>
                  <target dev='vda' bus='virtio'/>
                </disk>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='raw'/>
                  <source file='/nfs/shared.img'/>
                  <backingStore/>
                  <target dev='vdb' bus='virtio'/>
                  <shareable/>
                </disk>
                <disk type='file' device='cdrom'>
                  <driver name='qemu' type='raw'/>
                  <source file='/srv/install.iso'/>
                  <target dev='sda' bus='sata'/>
                  <readonly/>
                </disk>
                <disk type='network' device='disk'>
                  <driver name='qemu' type='raw'/>
                  <source protocol='rbd' name='pool/image'/>
                  <target dev='vdc' bus='virtio'/>
                </disk>
                <interface type='bridge'>
                  <mac address='52:54:00:00:00:01'/>
                  <source bridge='br-a' portid='a8c0'/>
                  <target dev='vnet0'/>
                  <model type='virtio'/>
                </interface>
                <interface type='bridge'>
                  <mac address='52:54:00:00:00:02'/>
                  <source bridge='gw-idle'/>
                  <port isolated='yes'/>
                  <target dev='vnet1'/>
                  <model type='virtio'/>
                </interface>
                <channel type='unix'>
                  <source mode='bind' path='/var/lib/libvirt/qemu/channel/target/domain-1-vm1/org.qemu.guest_agent.0'/>
                  <target type='virtio' name='org.qemu.guest_agent.0'/>
                </channel>
                <channel type='unix'>
                  <source mode='bind' path='/var/lib/libvirt/qemu/channel/target/domain-1-vm1/org.godwit.guest.0'/>
                  <target type='virtio' name='org.godwit.guest.0'/>
                </channel>
              </devices>
            </domain>
            """;

    @Test
    void theTargetGetsTheInterfacesExchangedAndNoNamesOfThisHost() {
        Golden.assertMatches("target-domain.xml", DomainXml.parse(LIVE).forTarget("br-a", ORDER) + "\n");
    }

    @Test
    void exchangingTwiceIsGoingBack() {
        String there = DomainXml.parse(LIVE).forTarget("br-a", ORDER);
        DomainXml back = DomainXml
                .parse(DomainXml.parse(there).forTarget("br-b",
                        new CopyOrder("any", "br-a", "gw-idle", Strategy.PRE_COPY, CopyOptions.STANDARD, Map.of(),
                                false)));
        assertThat(back.on("br-a")).map(Interface::mac).contains(MacAddress.of("52:54:00:00:00:01"));
        assertThat(back.off("br-a")).map(Interface::mac).contains(MacAddress.of("52:54:00:00:00:02"));
    }

    @Test
    void theInterfacesAndTheChannelAreFound() {
        DomainXml xml = DomainXml.parse(LIVE);
        assertThat(xml.on("br-a")).contains(new Interface(MacAddress.of("52:54:00:00:00:01"), "br-a", "vnet0"));
        assertThat(xml.off("br-a")).contains(new Interface(MacAddress.of("52:54:00:00:00:02"), "gw-idle", "vnet1"));
        assertThat(xml.guestChannel())
                .contains(Path.of("/var/lib/libvirt/qemu/channel/target/domain-1-vm1/org.godwit.guest.0"));
    }

    @Test
    void onlyDisksThatAreFilesAndNoDrivesCanBeLocal() {
        assertThat(DomainXml.parse(LIVE).fileDisks()).containsExactly(
                new FileDisk("vda", "/srv/vm1.qcow2.godwit-overlay-3", "qcow2", true, false),
                new FileDisk("vdb", "/nfs/shared.img", "raw", true, true));
    }

    @Test
    void memoryInHugePagesIsToldFromOther() {
        assertThat(DomainXml.parse("<domain><memoryBacking><hugepages/></memoryBacking></domain>").isInHugePages())
                .isTrue();
        assertThat(DomainXml.parse("<domain><memoryBacking><nosharepages/></memoryBacking></domain>").isInHugePages())
                .isFalse();
        assertThat(DomainXml.parse(LIVE).isInHugePages()).isFalse();
    }

    @Test
    void aSnapshotLeavesAllOtherDisksAlone() {
        Golden.assertMatches("redirecting-snapshot.xml", SnapshotXml.of(DomainXml.parse(LIVE).diskTargets(),
                Map.of("vda", Path.of("/srv/vm1 & more.qcow2.godwit-overlay"))) + "\n");
    }

    @Test
    void aDomainWithoutASecondInterfaceIsRefused() {
        DomainXml single = DomainXml.parse(LIVE.replaceFirst("(?s)<interface type='bridge'>.*?</interface>", ""));
        assertThatThrownBy(() -> single.forTarget("br-a", ORDER)).isInstanceOf(HypervisorException.class)
                .hasMessageContaining("must have two interfaces, one of them on br-a");
    }

    @Test
    void aDocumentTypeIsRefused() {
        assertThatThrownBy(() -> DomainXml.parse("<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain/>"))
                .isInstanceOf(HypervisorException.class);
    }

    @Test
    void statesAndReasonsAreLibvirtsWords() {
        assertThat(DomainStates.state(1)).isEqualTo(DomainSnapshot.State.RUNNING);
        assertThat(DomainStates.reason(1, 2)).isEqualTo("migrated");
        assertThat(DomainStates.reason(3, 12)).isEqualTo("post-copy");
        assertThat(DomainStates.state(6)).isEqualTo(DomainSnapshot.State.OTHER);
        assertThat(DomainStates.reason(1, 99)).isEqualTo("reason 99");
    }
}
