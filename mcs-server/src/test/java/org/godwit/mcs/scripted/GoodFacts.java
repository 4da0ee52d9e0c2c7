package org.godwit.mcs.scripted;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.godwit.mcs.workflow.Plans;
import org.godwit.protocol.agent.Bandwidth;
import org.godwit.protocol.agent.CpuFit;
import org.godwit.protocol.agent.CpuVerdict;
import org.godwit.protocol.agent.DirtyRate;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.EgressAnswer;
import org.godwit.protocol.agent.EgressReport;
import org.godwit.protocol.agent.Gateway;
import org.godwit.protocol.agent.Hardware;
import org.godwit.protocol.agent.Memory;
import org.godwit.protocol.agent.Neighbour;
import org.godwit.protocol.agent.Path;
import org.godwit.protocol.agent.Routers;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Space;
import org.godwit.protocol.agent.Storage;
import org.godwit.protocol.agent.StoredFile;
import org.godwit.protocol.agent.TargetFacts;
import org.godwit.protocol.agent.Verdict;

/** The hosts of {@link Plans} when nothing speaks against the migration. */
public final class GoodFacts {

    public static final long MIB = 1 << 20;

    private GoodFacts() {}

    public static SourceFacts.Builder source() {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        return SourceFacts.newBuilder().setReceivedAtUs(now).setAnsweredAtUs(now)
                .setDomain(DomainReport.newBuilder().setState(DomainState.DOMAIN_RUNNING).setPersistent(true)
                        .setUuid(Plans.VM_UUID.toString()).setMemoryBytes(256 * MIB)
                        .setPrimaryMac("52:54:00:00:01:01").setSecondaryMac(Plans.SECONDARY_MAC.toString()))
                .setHardware(Hardware.newBuilder().setVirtType("kvm").setArch("x86_64").setMachine("pc-q35-10.0")
                        .setEmulator("/usr/bin/qemu-system-x86_64").setEmulatorVersion(10_000_002).setCpuMode("custom")
                        .setMemoryBytes(256 * MIB).setVcpus(2))
                .addStorage(Storage.newBuilder().setUse("disk vda").setPath("/srv/vm1.qcow2").setWritable(true)
                        .setFilesystem("nfs4"))
                .setGuest(ScriptedHosts.guest()).setPath(path("2001:db8:b::10")).setBridgeMtu(1500)
                .setTargetLibvirt(Verdict.newBuilder().setGood(true)).setEncrypted(true)
                .setDirtyRate(DirtyRate.newBuilder().setBytesPerSecond(MIB))
                .setBandwidth(Bandwidth.newBuilder().setLinkBytesPerSecond(125_000_000));
    }

    public static TargetFacts.Builder target() {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        return TargetFacts.newBuilder().setReceivedAtUs(now).setAnsweredAtUs(now)
                .setDomain(DomainReport.newBuilder().setState(DomainState.DOMAIN_ABSENT))
                .setEmulatorVersion(10_000_002).setMachine(Verdict.newBuilder().setGood(true))
                .setCpu(CpuVerdict.newBuilder().setFit(CpuFit.CPU_SUPERSET))
                .setMemory(Memory.newBuilder().setTotalBytes(8192 * MIB).setAvailableBytes(4096 * MIB))
                .addStorage(StoredFile.newBuilder().setPath("/srv/vm1.qcow2").setReadable(true).setWritable(true))
                .setSpace(Space.newBuilder().setFolder("/var/lib/libvirt/qemu").setFreeBytes(4096 * MIB))
                .setPath(path("2001:db8:a::10")).setBridgeMtu(1500)
                .setGateway(Neighbour.newBuilder().setMac(Plans.GATEWAY_B.mac().toString()))
                .setRouters(Routers.newBuilder().addHeard(gateway())).setMoa(Neighbour.getDefaultInstance())
                .setLinkLocal(Neighbour.getDefaultInstance()).setEgress(egress());
    }

    public static Gateway.Builder gateway() {
        return Gateway.newBuilder().setLinkLocal(Plans.GATEWAY_B.linkLocal().toString())
                .setMac(Plans.GATEWAY_B.mac().toString()).setPrefix(Plans.GATEWAY_B.prefix().toString());
    }

    public static EgressReport egress() {
        return EgressReport.newBuilder()
                .addAnswers(EgressAnswer.newBuilder().setDestination("2001:db8:c::1").setAnswered(true)).build();
    }

    private static Path path(String address) {
        return Path.newBuilder().setAddress(address).setLinkMtu(1500).setSmallAnswered(true).setLargeAnswered(true)
                .build();
    }
}
