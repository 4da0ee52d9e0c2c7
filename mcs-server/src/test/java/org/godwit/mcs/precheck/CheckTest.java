package org.godwit.mcs.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.godwit.mcs.precheck.Facts.Journey;
import org.godwit.mcs.precheck.Facts.Reply;
import org.godwit.mcs.scripted.GoodFacts;
import org.godwit.mcs.scripted.ScriptedHosts;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.Name;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.CpuFit;
import org.godwit.protocol.agent.CpuVerdict;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.EgressAnswer;
import org.godwit.protocol.agent.EgressReport;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Hardware;
import org.godwit.protocol.agent.LocalImage;
import org.godwit.protocol.agent.Memory;
import org.godwit.protocol.agent.MigrationSupport;
import org.godwit.protocol.agent.Neighbour;
import org.godwit.protocol.agent.Path;
import org.godwit.protocol.agent.Routers;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Space;
import org.godwit.protocol.agent.Storage;
import org.godwit.protocol.agent.StoredFile;
import org.godwit.protocol.agent.TargetFacts;
import org.godwit.protocol.agent.Verdict;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class CheckTest {

    private static final Journey JOURNEY = journey(Strategy.PRE_COPY);
    private static final Instant ASKED = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant ANSWERED = ASKED.plusMillis(300);

    private final Map<String, Facts> cases = new LinkedHashMap<>();

    @Test
    void nothingSpeaksAgainstAGoodMigration() {
        assertThat(Check.judgeAll(facts(it -> it, it -> it))).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidWithItsRemedy() {
        fillCases();
        Golden.assertMatches("findings.txt", cases.entrySet().stream().map(it -> it.getKey() + "\n"
                + Check.judgeAll(it.getValue()).stream().map(CheckTest::line).collect(Collectors.joining()))
                .collect(Collectors.joining("\n")));
    }

    @Test
    void everyCheckHasSomethingToSaySomewhere() {
        fillCases();
        Set<Check> spoken = cases.values().stream().flatMap(it -> Check.judgeAll(it).stream()).map(Finding::check)
                .collect(Collectors.toSet());
        assertThat(spoken).isEqualTo(EnumSet.allOf(Check.class));
    }

    @Test
    void whatIsNotKnownIsNeverPassed() {
        SourceFacts.Builder nothing = SourceFacts.newBuilder().setDomain(GoodFacts.source().getDomain());
        List<Finding> findings = Check.judgeAll(new Facts(JOURNEY, Optional.empty(), reply(nothing.build()),
                reply(TargetFacts.getDefaultInstance())));
        // Without the hardware there is nothing to compare CPU, machine, emulator and memory with: said of each.
        assertThat(findings).extracting(Finding::check).contains(Check.GUEST, Check.TARGET, Check.CPU, Check.MACHINE,
                Check.EMULATOR, Check.MEMORY, Check.SPACE, Check.PATH, Check.CLOCK, Check.GATEWAY, Check.ADDRESS);
    }

    @Test
    void whatAgentsAndGuestsSayIsBounded() {
        Facts facts = facts(it -> it.setGuest(ScriptedHosts.guest().setHoa("x".repeat(100_000))), it -> it);
        assertThat(Check.judgeAll(facts)).allSatisfy(
                finding -> assertThat(finding.problem()).hasSizeLessThanOrEqualTo(Finding.LENGTH_MAX));
    }

    private void fillCases() {
        cases.put("neither agent answers", new Facts(JOURNEY, Optional.empty(),
                new Reply<>(Optional.empty(), "it is not connected", ASKED, ASKED),
                new Reply<>(Optional.empty(), "it said nothing for 30 s", ASKED, ANSWERED)));
        source("VM is paused", it -> it.setDomain(it.getDomain().toBuilder().setState(DomainState.DOMAIN_PAUSED)));
        source("VM's disk cannot be written", it -> it.setDomain(it.getDomain().toBuilder()
                .setState(DomainState.DOMAIN_PAUSED).setReason("i/o error")));
        source("VM has gone", it -> it.clear().setReceivedAtUs(us()).setAnsweredAtUs(us()).setPath(good().getPath())
                .setBridgeMtu(1500).setTargetLibvirt(good().getTargetLibvirt()).setEncrypted(true)
                .setDomain(DomainReport.newBuilder().setState(DomainState.DOMAIN_ABSENT)));
        source("VM has one interface", it -> it.setDomain(it.getDomain().toBuilder().clearSecondaryMac()));
        cases.put("VM is being migrated", new Facts(JOURNEY,
                Optional.of("VM vm1 is being migrated already, by migration 01f0"),
                reply(good().setJobRunning(true).build()),
                reply(GoodFacts.target().setReceivedAtUs(us()).setAnsweredAtUs(us()).build())));
        source("libvirt at the target is closed", it -> it.setTargetLibvirt(Verdict.newBuilder()
                .setMessage("The client certificate /etc/pki/libvirt/clientcert.pem has expired")));
        source("nothing is encrypted", it -> it.setEncrypted(false));
        source("libvirt has a job", it -> it.setJobRunning(true));
        source("guest is silent", it -> it.clearGuest().putUnknown("guest", "VM vm1: the guest agent did not answer"));
        source("guest has booted", it -> it.setGuest(GuestStatus.getDefaultInstance()));
        source("guest is somebody else, armed and staged", it -> it.setGuest(ScriptedHosts.guest()
                .setHoa("2001:db8:face::9").setArmed(true).setStagedMoa("2001:db8:c::1")
                .setActiveMac("52:54:00:00:00:99")));
        source("VM has devices of its host", it -> it.setHardware(hardware().setHostDevices(2)));
        target("target has the domain", it -> it
                .setDomain(DomainReport.newBuilder().setState(DomainState.DOMAIN_SHUTOFF)).setNameTaken(true));
        target("CPU lacks features", it -> it.setCpu(
                CpuVerdict.newBuilder().setFit(CpuFit.CPU_INCOMPATIBLE).setMessage("missing features: avx512f")));
        both("passthrough CPU is another", it -> it.setHardware(hardware().setCpuMode("host-passthrough")),
                it -> it);
        both("passthrough CPU lacks features", it -> it.setHardware(hardware().setCpuMode("host-passthrough")),
                it -> it.setCpu(CpuVerdict.newBuilder().setFit(CpuFit.CPU_INCOMPATIBLE)));
        both("emulated CPU of another version",
                it -> it.setHardware(hardware().setVirtType("qemu").setCpuMode("maximum")),
                it -> it.setEmulatorVersion(10_001_000));
        target("machine type is unknown", it -> it.setMachine(
                Verdict.newBuilder().setMessage("the machine 'pc-q35-10.0' is not supported by emulator")));
        target("emulator is older", it -> it.setEmulatorVersion(9_002_001));
        source("TCG that loses memory",
                it -> it.setHardware(hardware().setVirtType("qemu").setEmulatorVersion(7_002_022)));
        Facts emulated = facts(it -> it.setHardware(hardware().setVirtType("qemu")), it -> it);
        MigrationSupport all = MigrationSupport.newBuilder().setLibvirtVersion(9_004_000)
                .addAllCapabilities(List.of("postcopy-ram", "auto-converge", "multifd", "xbzrle")).build();
        Facts able = facts(it -> it.setHardware(hardware().setVirtType("qemu")).setMigration(all),
                it -> it.setMigration(all));
        cases.put("post-copy without KVM", new Facts(journey(Strategy.POST_COPY), able.operation(), able.source(),
                able.target()));
        CopyOptions wished = new CopyOptions(OptionalInt.of(9), OptionalInt.empty(), true, OptionalInt.of(4),
                Compression.ZSTD, Optional.empty(), StallAction.SUSPEND);
        assertThat(Stream.of(journey(Strategy.HYBRID_COPY), journey(Strategy.PRE_COPY, wished))
                .flatMap(it -> Check.judgeAll(new Facts(it, able.operation(), able.source(), able.target())).stream()))
                .isEmpty();
        MigrationSupport old = MigrationSupport.newBuilder().setLibvirtVersion(9_000_000).addCapabilities("multifd")
                .build();
        Facts unable = facts(it -> it.setMigration(old), it -> it.setMigration(all));
        cases.put("QEMU and libvirt lack what is wished for", new Facts(journey(Strategy.PRE_COPY, wished),
                unable.operation(), unable.source(), unable.target()));
        cases.put("what the target's QEMU can do is not known", new Facts(journey(Strategy.HYBRID_COPY),
                able.operation(), able.source(), emulated.target()));
        target("too little memory", it -> it.setMemory(memory(300)));
        target("hardly enough memory", it -> it.setMemory(memory(600)));
        source("disk on a local file system",
                it -> it.setStorage(0, it.getStorage(0).toBuilder().setFilesystem("ext4")));
        both("disk of the source alone travels", CheckTest::withImage,
                it -> it.setStorage(0, free(20 * GoodFacts.MIB)));
        assertThat(Check.judgeAll(cases.get("disk of the source alone travels"))).isEmpty();
        both("disk that travels finds its place taken", CheckTest::withImage,
                it -> it.setStorage(0, free(20 * GoodFacts.MIB).setExists(true)));
        both("disk that travels finds no folder", CheckTest::withImage, it -> it.setStorage(0, free(0)));
        both("disk that travels finds too little room", CheckTest::withImage,
                it -> it.setStorage(0, free(17 * GoodFacts.MIB)));
        both("disk that cannot travel, to an agent that takes none, in plain text",
                it -> withImage(it, "it has snapshots inside").setEncrypted(false), it -> it);
        Facts travelling = cases.get("disk of the source alone travels");
        cases.put("disk that travels with a post-copy", new Facts(journey(Strategy.HYBRID_COPY), Optional.empty(),
                travelling.source(), travelling.target()));
        target("disk is not there", it -> it.clearStorage());
        target("disk is read-only there", it -> it.setStorage(0, it.getStorage(0).toBuilder().setWritable(false)));
        source("kernel is not there, a disk is in the network", it -> it
                .addStorage(Storage.newBuilder().setUse("kernel").setPath("/boot/vmlinuz").setFilesystem("ext4"))
                .addStorage(Storage.newBuilder().setUse("disk vdb").setNetwork("rbd").setWritable(true)));
        target("little space",
                it -> it.setSpace(Space.newBuilder().setFolder("/var").setFreeBytes(100 * GoodFacts.MIB)));
        target("no space", it -> it.setSpace(Space.newBuilder().setFolder("/var").setFreeBytes(GoodFacts.MIB)));
        both("paths: narrow there, a black hole back", it -> it.setPath(path(true, 1400)),
                it -> it.setPath(path(true, 0)));
        source("path that answers nothing", it -> it.setPath(path(false, 0)));
        target("bridge is narrow and slow", it -> it.setBridgeMtu(1400).setBridgeForwardDelayMs(15_000));
        target("no bridge", it -> it.setBridgeLack("there is no bridge br0"));
        target("clock is ahead a little", it -> it.setReceivedAtUs(us() + 3_000_000).setAnsweredAtUs(us() + 3_000_000));
        source("clock is far behind", it -> it.setReceivedAtUs(us() - 90_000_000).setAnsweredAtUs(us() - 90_000_000));
        target("gateway has another MAC", it -> it
                .setGateway(Neighbour.newBuilder().setMac("02:00:00:00:00:99"))
                .setRouters(Routers.newBuilder().addHeard(GoodFacts.gateway().setMac("02:00:00:00:00:99"))));
        target("gateway is silent, another one advertises", it -> it.setGateway(Neighbour.getDefaultInstance())
                .setRouters(Routers.newBuilder().addHeard(GoodFacts.gateway().setLinkLocal("fe80::99"))));
        target("gateway has another prefix, a second router speaks", it -> it.setRouters(Routers.newBuilder()
                .addHeard(GoodFacts.gateway().setPrefix("2001:db8:bb::/64"))
                .addHeard(GoodFacts.gateway().setLinkLocal("fe80::99"))));
        target("address is taken", it -> it.setMoa(Neighbour.newBuilder().setMac("52:54:00:00:00:77")).clearEgress()
                .putUnknown("egress", "somebody has the address"));
        target("egress is filtered",
                it -> it.setEgress(egress(true, "Destination unreachable: Administratively prohibited")));
        target("egress cannot be told", it -> it.setEgress(egress(false, "")));
        target("an agent that could not find out", it -> it.clearMemory().clearRouters()
                .putUnknown("memory", "/proc/meminfo cannot be read").putUnknown("routers", "rdisc6 is not installed"));
    }

    private static SourceFacts.Builder withImage(SourceFacts.Builder source) {
        return withImage(source, "");
    }

    private static SourceFacts.Builder withImage(SourceFacts.Builder source, String lack) {
        return source.setStorage(0, source.getStorage(0).toBuilder().setFilesystem("ext4").setImage(LocalImage
                .newBuilder().setFormat("qcow2").setVirtualBytes(1L << 30).setUsedBytes(4 * GoodFacts.MIB)
                .setLack(lack)));
    }

    private static StoredFile.Builder free(long bytes) {
        return StoredFile.newBuilder().setPath(good().getStorage(0).getPath())
                .setFolder(Space.newBuilder().setFolder("/srv").setFreeBytes(bytes));
    }

    private static Journey journey(Strategy strategy) {
        return journey(strategy, CopyOptions.STANDARD);
    }

    private static Journey journey(Strategy strategy, CopyOptions options) {
        return new Journey(Name.of("vm1"), "vm1-domain", Plans.VM_UUID, Plans.HOA, Name.of("host-a"), Name.of("host-b"),
                Plans.GATEWAY_B, strategy, options);
    }

    private void source(String name, UnaryOperator<SourceFacts.Builder> change) {
        both(name, change, it -> it);
    }

    private void target(String name, UnaryOperator<TargetFacts.Builder> change) {
        both(name, it -> it, change);
    }

    private void both(String name, UnaryOperator<SourceFacts.Builder> source,
            UnaryOperator<TargetFacts.Builder> target) {
        cases.put(name, facts(source, target));
    }

    private static Facts facts(UnaryOperator<SourceFacts.Builder> source, UnaryOperator<TargetFacts.Builder> target) {
        TargetFacts.Builder there = GoodFacts.target().setReceivedAtUs(us()).setAnsweredAtUs(us());
        return new Facts(JOURNEY, Optional.empty(), reply(source.apply(good()).build()),
                reply(target.apply(there).build()));
    }

    private static SourceFacts.Builder good() {
        return GoodFacts.source().setReceivedAtUs(us()).setAnsweredAtUs(us());
    }

    private static Hardware.Builder hardware() {
        return GoodFacts.source().getHardware().toBuilder();
    }

    private static Memory memory(long availableMib) {
        return Memory.newBuilder().setTotalBytes(8192 * GoodFacts.MIB).setAvailableBytes(availableMib * GoodFacts.MIB)
                .build();
    }

    private static Path path(boolean small, int told) {
        return Path.newBuilder().setAddress("2001:db8::1").setLinkMtu(1500).setSmallAnswered(small).setMtuTold(told)
                .build();
    }

    private static EgressReport egress(boolean hostAnswered, String refusal) {
        return EgressReport.newBuilder().addAnswers(EgressAnswer.newBuilder().setDestination("2001:db8:c::1")
                .setHostAnswered(hostAnswered).setRefusal(refusal)).build();
    }

    private static <T> Reply<T> reply(T facts) {
        return new Reply<>(Optional.of(facts), "", ASKED, ANSWERED);
    }

    /** In the middle of the way. */
    private static long us() {
        return ASKED.plusMillis(150).toEpochMilli() * 1000;
    }

    private static String line(Finding finding) {
        return "  %s %s: %s %s%n".formatted(finding.severity(), finding.check().code(), finding.sentence(),
                finding.remedy()).replace(System.lineSeparator(), "\n");
    }
}
