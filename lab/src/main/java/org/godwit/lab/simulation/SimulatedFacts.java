package org.godwit.lab.simulation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.godwit.model.Gateway;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.EgressAnswer;
import org.godwit.protocol.agent.EgressReport;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Hardware;
import org.godwit.protocol.agent.Memory;
import org.godwit.protocol.agent.Neighbour;
import org.godwit.protocol.agent.Path;
import org.godwit.protocol.agent.Routers;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Space;
import org.godwit.protocol.agent.TargetFacts;
import org.godwit.protocol.agent.Verdict;

/** Hosts against which nothing speaks, but where the VM is and what is made to fail. */
public final class SimulatedFacts {

    private static final int MTU = 1500;
    private static final int QEMU = 10_000_002;
    private static final Path PATH = Path.newBuilder().setLinkMtu(MTU).setSmallAnswered(true).setLargeAnswered(true)
            .build();

    private SimulatedFacts() {}

    /** @param guest null when it does not answer */
    public static SourceFacts source(DomainReport domain, GuestStatus guest, Instant now) {
        long us = microseconds(now);
        SourceFacts.Builder facts = SourceFacts.newBuilder().setReceivedAtUs(us).setAnsweredAtUs(us)
                .setDomain(domain.toBuilder().setPrimaryMac("52:54:00:ff:00:01").setMemoryBytes(1 << 28))
                .setHardware(Hardware.newBuilder().setVirtType("kvm").setEmulatorVersion(QEMU).setMemoryBytes(1 << 28))
                .setPath(PATH).setBridgeMtu(MTU).setTargetLibvirt(Verdict.newBuilder().setGood(true))
                .setEncrypted(true);
        return guest == null ? facts.putUnknown("guest", "it is silent").build() : facts.setGuest(guest).build();
    }

    /** @param taken whether somebody has the address already */
    public static TargetFacts target(DomainReport domain, Gateway gateway, boolean taken, Instant now) {
        long us = microseconds(now);
        return TargetFacts.newBuilder().setReceivedAtUs(us).setAnsweredAtUs(us).setDomain(domain)
                .setEmulatorVersion(QEMU).setMachine(Verdict.newBuilder().setGood(true))
                .setMemory(Memory.newBuilder().setTotalBytes(1L << 36).setAvailableBytes(1L << 35))
                .setSpace(Space.newBuilder().setFreeBytes(1L << 33)).setPath(PATH).setBridgeMtu(MTU)
                .setGateway(Neighbour.newBuilder().setMac(gateway.mac().toString()))
                .setRouters(Routers.newBuilder().addHeard(org.godwit.protocol.agent.Gateway.newBuilder()
                        .setLinkLocal(gateway.linkLocal().toString()).setMac(gateway.mac().toString())
                        .setPrefix(gateway.prefix().toString())))
                .setMoa(Neighbour.newBuilder().setMac(taken ? "52:54:00:ff:ff:ff" : ""))
                .setLinkLocal(Neighbour.getDefaultInstance()).setEgress(EgressReport.getDefaultInstance()).build();
    }

    static EgressReport echoes(List<String> destinations) {
        EgressReport.Builder report = EgressReport.newBuilder();
        destinations.forEach(to -> report.addAnswers(EgressAnswer.newBuilder().setDestination(to).setAnswered(true)));
        return report.build();
    }

    private static long microseconds(Instant now) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, now);
    }
}
