package org.godwit.mcs.precheck;

import org.godwit.model.Strategy;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.SourceFacts;

/** The VM and its guest agent. */
final class VmChecks {

    /** libvirt's word. */
    private static final String IO_ERROR = "i/o error";

    private VmChecks() {}

    static void vm(Facts facts, Findings findings) {
        facts.ofSource((source, known) -> known
                .get(source, "domain", SourceFacts::hasDomain, SourceFacts::getDomain, findings)
                .ifPresent(domain -> vm(facts, domain, findings)));
    }

    private static void vm(Facts facts, DomainReport domain, Findings findings) {
        String vm = "VM " + facts.journey().vm();
        if (domain.getState() == DomainState.DOMAIN_PAUSED && domain.getReason().equals(IO_ERROR)) {
            findings.error(vm + " does not run at host " + facts.journey().source()
                    + ": it is paused, since one of its disks could not be read or written",
                    "virsh domblkerror tells which one; make room there or repair it, then virsh resume.");
        } else if (domain.getState() != DomainState.DOMAIN_RUNNING) {
            findings.error(vm + " does not run at host " + facts.journey().source() + ": it is "
                    + word(domain.getState()), "Start it first.");
        } else if (facts.journey().strategy() == Strategy.COLD && !domain.getPersistent()) {
            findings.error(
                    vm + " is transient: libvirt forgets it when it is off, so that nothing could start it again",
                    "Define it (virsh define), or choose another strategy.");
        } else if (domain.getPrimaryMac().isEmpty() || domain.getSecondaryMac().isEmpty()) {
            findings.error(vm + " must have two interfaces, one of them on the reachable bridge",
                    "Attach the second one to the bridge gw-idle.");
        }
    }

    static void operation(Facts facts, Findings findings) {
        facts.operation().ifPresent(operation -> findings.error(operation, "Wait until it has ended, or cancel it."));
        facts.ofSource((source, known) -> {
            if (known.has("job_running", findings) && source.getJobRunning() && facts.operation().isEmpty()) {
                findings.error("libvirt has a job with VM " + facts.journey().vm()
                        + " under way: another migration, a backup or a dump",
                        "Wait until it has ended; virsh domjobinfo tells how far it is.");
            }
        });
    }

    /** Of a VM that does not run {@link Check#VM} tells. */
    static void guest(Facts facts, Findings findings) {
        facts.ofSource((source, known) -> {
            if (source.getDomain().getState() == DomainState.DOMAIN_RUNNING) {
                known.get(source, "guest", SourceFacts::hasGuest, SourceFacts::getGuest, findings)
                        .ifPresent(guest -> guest(facts, source.getDomain(), guest, findings));
            }
        });
    }

    private static void guest(Facts facts, DomainReport domain, GuestStatus guest, Findings findings) {
        String agent = "the guest agent of VM " + facts.journey().vm();
        if (!guest.getEnrolled()) {
            findings.warning(agent + " does not know who it is: the VM has booted since",
                    "Nothing is to be done: it is told before anything else.");
            return;
        }
        if (!guest.getHoa().equals(facts.journey().hoa().toString())) {
            findings.error(agent + " says that its HoA is " + guest.getHoa() + ", not " + facts.journey().hoa(),
                    "Restart it.");
        }
        if (guest.getArmed()) {
            findings.error(agent + " is still armed from an earlier migration", "Restart it.");
        }
        if (!guest.getActiveMac().isEmpty() && !guest.getActiveMac().equals(domain.getPrimaryMac())) {
            findings.error(agent + " uses the interface " + guest.getActiveMac() + ", but the one on the reachable"
                    + " bridge is " + domain.getPrimaryMac(), "Restart it.");
        }
        if (!guest.getStagedMoa().isEmpty()) {
            findings.warning(agent + " still has " + guest.getStagedMoa() + " staged from an earlier migration",
                    "Nothing is to be done: it is replaced.");
        }
    }

    static void devices(Facts facts, Findings findings) {
        facts.ofSource((source, known) -> {
            if (source.hasHardware() && source.getHardware().getHostDevices() > 0) {
                findings.error("VM " + facts.journey().vm() + " has " + source.getHardware().getHostDevices()
                        + " device(s) of host " + facts.journey().source() + " passed through to it",
                        "Detach them: a VM cannot leave with them.");
            }
        });
    }

    static String word(DomainState state) {
        return switch (state) {
            case DOMAIN_ABSENT -> "absent";
            case DOMAIN_RUNNING -> "running";
            case DOMAIN_PAUSED -> "paused";
            case DOMAIN_SHUTOFF -> "shut off";
            case DOMAIN_OTHER, DOMAIN_STATE_INVALID, UNRECOGNIZED -> "in an unknown state";
        };
    }
}
