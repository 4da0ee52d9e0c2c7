package org.godwit.host.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.agent.CheckSource;
import org.godwit.protocol.agent.CheckTarget;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.EgressProbe;
import org.godwit.protocol.agent.Gateway;
import org.godwit.protocol.agent.Hardware;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.ProbeEgress;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Storage;
import org.godwit.protocol.agent.TargetFacts;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.000001Z");
    private static final Gateway GATEWAY = Gateway.newBuilder().setLinkLocal("fe80::b1").setMac("02:00:00:00:00:b1")
            .setPrefix("2001:db8:b::/64").build();
    private static final EgressProbe EGRESS = EgressProbe.newBuilder().setMoa("2001:db8:b:0:5054:ff:fe00:2")
            .setMac("52:54:00:00:00:02").setGateway(GATEWAY).addDestinations("2001:db8:c::1").build();
    private static final Hardware HARDWARE = Hardware.newBuilder().setVirtType("kvm").setArch("x86_64")
            .setMachine("pc-q35-99.0").setEmulator("/usr/bin/qemu-system-x86_64").setCpuMode("custom")
            .setCpuXml("<cpu/>").build();

    @TempDir
    Path folder;

    private final FakeHost host = new FakeHost();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Checks checks;

    @BeforeEach
    void aDomainRunsHere() {
        GuestEffects guest = new GuestEffects(host, new PortGuard(host, "br-site"), "br-site");
        checks = new Checks(new Checks.Subjects(host, host, host, host, guest, host, DiskParts.SURVEY), "br-site",
                () -> NOW, threads);
        host.domains.put(VM, domain(folder.resolve("missing.qcow2")));
        host.reply = Optional.of(new GuestReply.GuestStatus(true, Optional.of(HomeAddress.of("2001:db8:face::1")),
                Optional.of(MobileAddress.of("2001:db8:a:0:5054:ff:fe00:1")),
                Optional.of(MacAddress.of("52:54:00:00:00:01")), Optional.empty(), false, new Epoch(7)));
    }

    @AfterEach
    void closeThreads() {
        threads.shutdownNow();
    }

    @Test
    void theSourceTellsAllThatItKnowsAtOnce() throws IOException {
        Path disk = Files.createFile(folder.resolve("disk.qcow2"));
        host.domains.put(VM, domain(disk));
        SourceFacts facts = source();
        assertThat(facts.getStorage(1).getFilesystem()).isEqualTo(Files.getFileStore(disk).type());
        Golden.assertMatches("source-facts.txt", TextFormat.printer().printToString(facts)
                .replace(disk.toString(), "DISK").replaceAll("filesystem: .*", "filesystem: \"KIND\""));
    }

    @Test
    void oneQuestionThatFailsSpoilsNoOther() {
        host.brokenLink = Optional.of("there is no bridge br-site");
        host.brokenMachine = Optional.of("libvirt is away");
        host.reply = Optional.empty();
        SourceFacts facts = source();
        assertThat(facts.getUnknownMap()).containsEntry("bridge_mtu", "there is no bridge br-site")
                .containsEntry("hardware", "libvirt is away").hasEntrySatisfying("guest",
                        why -> assertThat(why).contains("vm1", "did not answer"));
        assertThat(facts.getStorage(1).getFilesystem()).as("of a disk that is not there").isEmpty();
        assertThat(facts.getDomain().getState()).isEqualTo(DomainState.DOMAIN_RUNNING);
        assertThat(facts.hasPath()).isTrue();
    }

    @Test
    void aVmThatIsNotHereIsAFactAndNothingElseIsAskedOfIt() {
        host.domains.clear();
        SourceFacts facts = source();
        assertThat(facts.getDomain().getState()).isEqualTo(DomainState.DOMAIN_ABSENT);
        assertThat(facts.hasGuest()).isFalse();
        assertThat(facts.getUnknownMap()).isEmpty();
        assertThat(host.done).isEmpty();
    }

    @Test
    void theTargetTellsAllThatItKnowsAtOnce() throws IOException {
        host.domains.clear();
        Path there = Files.createFile(folder.resolve("disk.qcow2"));
        TargetFacts facts = target(there);
        assertThat(facts.getMemory().getAvailableBytes()).isPositive();
        assertThat(facts.getSpace().getFreeBytes()).isPositive();
        Golden.assertMatches("target-facts.txt", TextFormat.printer()
                .printToString(facts.toBuilder().clearMemory().clearSpace().build()).replace(there.toString(), "DISK")
                .replace(folder.toString(), "FOLDER").replaceAll("free_bytes: .*", "free_bytes: MANY"));
    }

    @Test
    void nobodyStandsInForAVmWhoseAddressIsTaken() {
        host.neighbours.put("2001:db8:b:0:5054:ff:fe00:2", MacAddress.of("52:54:00:00:00:77"));
        TargetFacts facts = target(folder);
        assertThat(facts.getMoa().getMac()).isEqualTo("52:54:00:00:00:77");
        assertThat(facts.hasEgress()).isFalse();
        assertThat(facts.getUnknownMap()).containsKey("egress");
        assertThat(host.done).isEmpty();
    }

    @Test
    void nobodyStandsInForAVmWhosePacketsAreStillSentAfterIt() {
        host.relaying = true;
        assertThat(target(folder).getUnknownMap()).hasEntrySatisfying("egress",
                why -> assertThat(why).contains("ask again"));
        assertThat(host.done).isEmpty();
    }

    @Test
    void theEgressIsAskedForByItself() {
        Outcome.Builder outcome = Outcome.newBuilder();
        checks.perform(Command.newBuilder().setProbeEgress(ProbeEgress.newBuilder().setProbe(EGRESS)).build(), VM,
                outcome);
        assertThat(outcome.getEgress().getAnswers(0).getHostAnswered()).isTrue();
        assertThat(host.done).containsExactly("stand in for 2001:db8:b:0:5054:ff:fe00:2");
    }

    @Test
    void noCheckChangesAnything() {
        source();
        target(folder);
        assertThat(host.guarded).isEmpty();
        assertThat(host.done).containsExactlyInAnyOrder("ask the guest: Status",
                "stand in for 2001:db8:b:0:5054:ff:fe00:2");
    }

    private SourceFacts source() {
        Outcome.Builder outcome = Outcome.newBuilder();
        checks.perform(Command.newBuilder().setCheckSource(CheckSource.newBuilder()
                .setTargetLibvirtUri("qemu+tls://[2001:db8:b::10]/system").setMeasureDirtyRate(true)).build(), VM,
                outcome);
        return outcome.getSourceFacts();
    }

    private TargetFacts target(Path disk) {
        Outcome.Builder outcome = Outcome.newBuilder();
        checks.perform(
                Command.newBuilder()
                        .setCheckTarget(CheckTarget.newBuilder().setDomainName("vm1")
                                .setSourceLibvirtUri("qemu+tls://[2001:db8:a::10]/system").setGateway(GATEWAY)
                                .setHardware(HARDWARE).setEgress(EGRESS)
                                .addStorage(Storage.newBuilder().setPath(disk.toString()))
                                .addStorage(Storage.newBuilder().setPath("/nonexistent/disk"))
                                .addStorage(Storage.newBuilder().setNetwork("rbd")))
                        .build(),
                VM, outcome);
        return outcome.getTargetFacts();
    }

    private static DomainSnapshot domain(Path disk) {
        DomainXml xml = DomainXml.parse("""
                <domain type='kvm'><vcpu>2</vcpu>
                  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os>
                  <cpu mode='custom'><model>qemu64</model></cpu>
                  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
                    <disk type='network' device='disk'><source protocol='rbd' name='p/i'/><target dev='vda'/></disk>
                    <disk type='file' device='disk'><source file='%s'/><target dev='vdb'/></disk>
                    <disk type='file' device='cdrom'><target dev='sda'/></disk>
                    <hostdev mode='subsystem' type='pci'/>
                    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br-site'/></interface>
                    <interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='gw-idle'/></interface>
                    <channel type='unix'><source path='/run/vm1.sock'/><target name='org.godwit.guest.0'/></channel>
                  </devices></domain>""".formatted(disk));
        return new DomainSnapshot(VM, "vm1", DomainSnapshot.State.RUNNING, "booted", 1 << 26, true, xml);
    }
}
