package org.godwit.host.command;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.godwit.host.alone.StandEvent;
import org.godwit.host.alone.VmLedger;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.model.Name;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.CancelCopy;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Copy;
import org.godwit.protocol.agent.EnrolGuest;
import org.godwit.protocol.agent.Gateway;
import org.godwit.protocol.agent.Inspect;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.PrepareTarget;
import org.godwit.protocol.agent.ProbeAddress;
import org.godwit.protocol.agent.StageAddress;
import org.godwit.protocol.agent.StageGateway;

/** Commands with any content: each gets exactly one outcome, under its id, and never the agent's own failure. */
public final class CommandFuzz {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final String UNEXPECTED = "the host agent failed";

    private static final DomainXml XML = DomainXml.parse("""
            <domain><devices>
              <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br-site'/>
                <target dev='vnet0'/></interface>
              <interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='gw-idle'/>
                <target dev='vnet1'/></interface>
              <channel type='unix'><source path='/run/vm1.sock'/><target name='org.godwit.guest.0'/></channel>
            </devices></domain>""");

    private static Path folder;

    private CommandFuzz() {}

    static List<byte[]> seeds() {
        Gateway gateway = Gateway.newBuilder().setLinkLocal("fe80::b1").setMac("02:00:00:00:00:b1")
                .setPrefix("2001:db8:b::/64").build();
        Command.Builder plain = Command.newBuilder().setId("1").setVmUuid(VM.toString()).setEpoch(1);
        return List.of(plain.clone().setInspect(Inspect.newBuilder().setDomainName("vm1")),
                plain.clone().setStageGateway(StageGateway.newBuilder().setGateway(gateway)),
                plain.clone().setStageAddress(StageAddress.newBuilder().setGateway(gateway)),
                plain.clone().setProbeAddress(ProbeAddress.newBuilder().setAddress("2001:db8:b::2").setLinkLocal(
                        "fe80::2")),
                plain.clone().setArm(Arm.getDefaultInstance()),
                plain.clone().setPrepareTarget(PrepareTarget.newBuilder().setDomainName("vm2").setMoa("2001:db8:b::2")
                        .setMac("52:54:00:00:00:02").setGateway(gateway)),
                plain.clone().setCopy(Copy.newBuilder().setTargetLibvirtUri("qemu+tcp://[2001:db8:b::10]/system")
                        .setTargetReachableBridge("br-site").setTargetIdleBridge("gw-idle").setTargetMoa(
                                "2001:db8:b::2")),
                plain.clone().setCancelCopy(CancelCopy.getDefaultInstance()),
                plain.clone().setEnrolGuest(EnrolGuest.newBuilder().setHoa("2001:db8:face::1").setHoaSpace(
                        "2001:db8:face::/64").setImsAddress("2001:db8:c::1").setImsPort(4342)))
                .stream().map(command -> command.build().toByteArray()).toList();
    }

    public static void fuzzerInitialize() throws IOException {
        folder = Files.createTempDirectory(Path.of("target"), "fuzz-epochs-");
    }

    public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
        Command command;
        try {
            command = Command.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        FakeHost host = new FakeHost();
        PortGuard ports = new PortGuard(host, "br-site");
        try (Arrivals arrivals = new Arrivals(host, ports, DiskParts.arriving(host, folder), "br-site")) {
            desk(host, ports, arrivals).receive(command);
        } finally {
            forget(folder);
        }
        Outcome outcome = host.outcomes.poll();
        if (outcome == null || !host.outcomes.isEmpty() || !outcome.getCommandId().equals(command.getId())) {
            throw new IllegalStateException(command + " is answered with " + outcome + " and " + host.outcomes);
        }
        if (outcome.getFailure().getMessage().startsWith(UNEXPECTED)) {
            throw new IllegalStateException(command + " makes the agent fail: " + outcome.getFailure().getMessage());
        }
    }

    /** One that has done everything when {@code receive} returns. */
    private static CommandDesk desk(FakeHost host, PortGuard ports, Arrivals arrivals) {
        host.domains.put(VM,
                new DomainSnapshot(VM, "vm1", DomainSnapshot.State.RUNNING, "booted", 1L << 28, true, XML));
        HostIdentity identity = new HostIdentity(Name.of("a1"), "qemu+tcp://[2001:db8:a::10]/system", "br-site");
        GuestEffects guest = new GuestEffects(host, ports, "br-site");
        VmLedger ledger = new VmLedger(folder.resolve("epochs"));
        ledger.happened(VM, StandEvent.GATEWAY_STAGING);
        return new CommandDesk(
                new Effects(host, host,
                        new Departures(host, host, DiskParts.leaving(host, folder), guest, identity, host), arrivals,
                        new Restarts(host, host, ports, new ShutdownNotes(folder.resolve("shutdowns")),
                                () -> Instant.EPOCH),
                        guest, identity,
                        Runnable::run),
                new Checks(new Checks.Subjects(host, host, host, host, guest, host, DiskParts.SURVEY), "br-site",
                        () -> Instant.EPOCH,
                        Runnable::run),
                ledger, new OutcomeMemory(folder.resolve("outcomes")), host, Runnable::run);
    }

    private static void forget(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            try (Stream<Path> files = Files.list(file)) {
                for (Path each : files.toList()) {
                    forget(each);
                }
            }
        }
        if (!file.equals(folder)) {
            Files.delete(file);
        }
    }
}
