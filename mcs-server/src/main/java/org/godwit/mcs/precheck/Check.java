package org.godwit.mcs.precheck;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.godwit.model.Name;
import org.godwit.protocol.agent.EgressReport;

/** All that is looked at before a VM may go, in the order in which it is told. */
public enum Check {

    /** Both host agents answer. */
    AGENTS(true, HostChecks::agents),
    /** The VM runs at the source, with an interface to arrive with. */
    VM(true, VmChecks::vm),
    /** Nothing else is being done with it. */
    OPERATION(true, VmChecks::operation),
    /** Its guest agent answers, is who it should be, and its shim can be armed. */
    GUEST(true, VmChecks::guest),
    /** It holds on to nothing that only the source has. */
    DEVICES(true, VmChecks::devices),
    /** The target knows nothing of it, nor of another of its name. */
    TARGET(true, HostChecks::target),
    /** What the guest has seen of its CPU it will find again. */
    CPU(false, MachineChecks::cpu),
    /** The target's emulator has the machine type. */
    MACHINE(false, MachineChecks::machine),
    /** It is not older than the source's, and loses no memory. */
    EMULATOR(false, MachineChecks::emulator),
    /** Its memory can travel as is asked for. */
    STRATEGY(false, MachineChecks::strategy),
    /** There is room for it. */
    MEMORY(false, MachineChecks::memory),
    /** Whatever it has on disk the target has, too. */
    STORAGE(true, StorageChecks::storage),
    /** There is room for what libvirt writes about it. */
    SPACE(false, StorageChecks::space),
    /** Between the hosts passes what their links carry. */
    PATH(false, NetworkChecks::path),
    /** The target's libvirt lets the source's in, and what goes there is encrypted. */
    LIBVIRT(true, HostChecks::libvirt),
    /** The target's reachable bridge takes a VM in at once, with all that it sends. */
    BRIDGE(true, NetworkChecks::bridge),
    /** Clocks agree. */
    CLOCK(false, HostChecks::clock),
    /** The gateway on the target's link is the one that is recorded. */
    GATEWAY(true, NetworkChecks::gateway),
    /** Nobody has the address that the VM will have. */
    ADDRESS(true, NetworkChecks::address),
    /** Packets with that address come out of the target's site. */
    EGRESS(false, NetworkChecks::egress);

    private final boolean vital;
    private final BiConsumer<Facts, Findings> function;

    /** @param vital whether not knowing is an error, too */
    Check(boolean vital, BiConsumer<Facts, Findings> function) {
        this.vital = vital;
        this.function = function;
    }

    boolean isVital() {
        return vital;
    }

    /** For programs: lower case. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    List<Finding> judge(Facts facts) {
        Findings findings = new Findings(this);
        function.accept(facts, findings);
        return findings.all();
    }

    /** Of one question alone: what has come of packets from the VM's future address. */
    public static List<Finding> judge(Name target, String moa, EgressReport report) {
        Findings findings = new Findings(EGRESS);
        report.getAnswersList().forEach(answer -> NetworkChecks.egress(target, moa, answer, findings));
        return findings.all();
    }

    /** All findings at once, so that an operator need not come back for each. */
    public static List<Finding> judgeAll(Facts facts) {
        return Arrays.stream(values()).flatMap(check -> check.judge(facts).stream()).toList();
    }
}
