package org.godwit.mcs.precheck;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.godwit.mcs.precheck.Facts.Reply;
import org.godwit.model.Name;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.TargetFacts;

/** The hosts themselves. */
final class HostChecks {

    private static final Duration OFFSET_NOTED = Duration.ofSeconds(1);
    private static final Duration OFFSET_MAX = Duration.ofSeconds(60);

    private HostChecks() {}

    static void agents(Facts facts, Findings findings) {
        agent(facts.journey().source(), facts.source(), findings);
        agent(facts.journey().target(), facts.target(), findings);
    }

    private static void agent(Name host, Reply<?> reply, Findings findings) {
        if (reply.facts().isEmpty()) {
            findings.error("the agent of host " + host + " did not answer: " + reply.silence(),
                    "See that it runs and reaches the control server.");
        }
    }

    static void target(Facts facts, Findings findings) {
        String host = "host " + facts.journey().target();
        facts.ofTarget((target, known) -> {
            known.get(target, "domain", TargetFacts::hasDomain, TargetFacts::getDomain, findings)
                    .filter(domain -> domain.getState() != DomainState.DOMAIN_ABSENT)
                    .ifPresent(domain -> findings.error(
                            host + " has a domain " + facts.journey().domain() + " with the VM's UUID already, "
                                    + VmChecks.word(domain.getState()),
                            "Make sure that it is not needed, then undefine it there."));
            if (known.has("name_taken", findings) && target.getNameTaken()) {
                findings.error(host + " has another domain named " + facts.journey().domain(), "Rename one of them.");
            }
        });
    }

    static void libvirt(Facts facts, Findings findings) {
        String target = "host " + facts.journey().target();
        facts.ofSource((source, known) -> known
                .get(source, "target_libvirt", SourceFacts::hasTargetLibvirt, SourceFacts::getTargetLibvirt, findings)
                .ifPresent(verdict -> {
                    if (!verdict.getGood()) {
                        findings.error(
                                "libvirt of " + target + " does not let host " + facts.journey().source() + " in: "
                                        + verdict.getMessage(),
                                "See that libvirt listens there, that nothing filters its port, and that both hosts have"
                                        + " certificates: their agents' logs say what became of them.");
                    } else if (!source.getEncrypted()) {
                        findings.warning("the VM's memory will cross the network to " + target + " in plain text",
                                "Set transport = tls and libvirt-uri = qemu+tls://... for the agents of both hosts.");
                    }
                }));
    }

    static void clock(Facts facts, Findings findings) {
        facts.source().facts().ifPresent(source -> clock(facts.journey().source(), facts.source(),
                source.getReceivedAtUs(), source.getAnsweredAtUs(), findings));
        facts.target().facts().ifPresent(target -> clock(facts.journey().target(), facts.target(),
                target.getReceivedAtUs(), target.getAnsweredAtUs(), findings));
    }

    /** As NTP does it (RFC 5905, section 8): how far the clocks are apart, give or take half of the time on the way. */
    private static void clock(Name host, Reply<?> reply, long receivedUs, long answeredUs, Findings findings) {
        if (receivedUs == 0 || answeredUs == 0) {
            findings.unknown(host.text(), "its agent does not say what time it is; install matching versions.");
            return;
        }
        Duration there = Duration.between(reply.asked(), instant(receivedUs));
        Duration back = Duration.between(instant(answeredUs), reply.answered());
        Duration offset = there.minus(back).dividedBy(2);
        Duration uncertainty = there.plus(back).abs().dividedBy(2);
        Duration certain = offset.abs().minus(uncertainty);
        String problem = "the clock of host " + host + " is %s %s the control server's, give or take %s".formatted(
                seconds(offset.abs()), offset.isNegative() ? "behind" : "ahead of", seconds(uncertainty));
        String remedy = "Let NTP set the clocks of all hosts.";
        if (certain.compareTo(OFFSET_MAX) > 0) {
            findings.error(problem, remedy);
        } else if (certain.compareTo(OFFSET_NOTED) > 0) {
            findings.warning(problem, remedy);
        }
    }

    private static Instant instant(long microseconds) {
        return Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS);
    }

    private static String seconds(Duration duration) {
        return "%.1f s".formatted(duration.toMillis() / 1e3);
    }
}
