package org.godwit.mcs.precheck;

import java.util.List;
import java.util.stream.Collectors;
import org.godwit.model.Gateway;
import org.godwit.model.Name;
import org.godwit.protocol.agent.EgressAnswer;
import org.godwit.protocol.agent.Neighbour;
import org.godwit.protocol.agent.Path;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.TargetFacts;

/** The way between the hosts, and the link where the VM shall live. */
final class NetworkChecks {

    private static final String RECORD_REMEDY = "Record it as it is (godwit gateway), or find out who speaks for it.";

    private NetworkChecks() {}

    static void path(Facts facts, Findings findings) {
        Name source = facts.journey().source();
        Name target = facts.journey().target();
        facts.ofSource((it, known) -> known.get(it, "path", SourceFacts::hasPath, SourceFacts::getPath, findings)
                .ifPresent(path -> path(source, target, path, findings)));
        facts.ofTarget((it, known) -> known.get(it, "path", TargetFacts::hasPath, TargetFacts::getPath, findings)
                .ifPresent(path -> path(target, source, path, findings)));
    }

    private static void path(Name from, Name to, Path path, Findings findings) {
        String way = "from host " + from + " to host " + to + " (" + path.getAddress() + ")";
        if (path.getLargeAnswered()) {
            return;
        }
        if (!path.getSmallAnswered()) {
            findings.warning("the path " + way + " could not be measured: no echo is answered",
                    "Let ICMPv6 pass between hosts (RFC 4890): without it TCP does not learn what a path carries.");
        } else if (path.getMtuTold() > 0) {
            findings.warning("the path " + way + " carries packets of " + path.getMtuTold()
                    + " bytes only, though the link there carries " + path.getLinkMtu(),
                    "Raise the MTU on the way, or lower the link's.");
        } else {
            findings.error("packets of " + path.getLinkMtu() + " bytes vanish " + way + ", and nobody says so",
                    "Let ICMPv6 Packet Too Big pass, and raise the MTU on the way or lower the link's.");
        }
    }

    static void bridge(Facts facts, Findings findings) {
        facts.ofTarget((target, ofTarget) -> {
            if (ofTarget.has("bridge_lack", findings) && !target.getBridgeLack().isEmpty()) {
                findings.error("no VM can arrive at host " + facts.journey().target() + ": " + target.getBridgeLack(),
                        "Set up its reachable bridge.");
                return;
            }
            if (!ofTarget.has("bridge_mtu", findings)) {
                return;
            }
            if (target.getBridgeForwardDelayMs() > 0) {
                findings.error("the reachable bridge of host %s passes nothing on for a new port for %.0f s".formatted(
                        facts.journey().target(), target.getBridgeForwardDelayMs() / 1e3),
                        "Set its forward delay to 0: the VM would be cut off for so long.");
            }
            facts.ofSource((source, ofSource) -> {
                if (ofSource.has("bridge_mtu", findings) && target.getBridgeMtu() < source.getBridgeMtu()) {
                    findings.error("the reachable bridge of host " + facts.journey().target() + " carries "
                            + target.getBridgeMtu() + " bytes, that of host " + facts.journey().source() + " "
                            + source.getBridgeMtu() + ": large packets of the VM would vanish",
                            "Give bridge and uplink there the same MTU.");
                }
            });
        });
    }

    static void gateway(Facts facts, Findings findings) {
        Gateway recorded = facts.journey().gateway();
        String link = "the link of host " + facts.journey().target();
        facts.ofTarget((target, known) -> {
            known.get(target, "gateway", TargetFacts::hasGateway, TargetFacts::getGateway, findings)
                    .ifPresent(answer -> neighbour(recorded, link, answer, findings));
            known.get(target, "routers", TargetFacts::hasRouters, it -> it.getRouters().getHeardList(), findings)
                    .ifPresent(heard -> routers(recorded, link, heard, findings));
        });
    }

    private static void neighbour(Gateway recorded, String link, Neighbour answer, Findings findings) {
        if (answer.getMac().isEmpty()) {
            findings.error("nobody on " + link + " answers for the recorded gateway " + recorded.linkLocal(),
                    RECORD_REMEDY);
        } else if (!answer.getMac().equals(recorded.mac().text())) {
            findings.error("the gateway " + recorded.linkLocal() + " on " + link + " has the MAC " + answer.getMac()
                    + ", but " + recorded.mac() + " is recorded", RECORD_REMEDY);
        }
    }

    private static void routers(Gateway recorded, String link, List<org.godwit.protocol.agent.Gateway> heard,
            Findings findings) {
        List<org.godwit.protocol.agent.Gateway> itself = heard.stream()
                .filter(router -> router.getLinkLocal().equals(recorded.linkLocal().toString())).toList();
        String others = heard.stream().map(org.godwit.protocol.agent.Gateway::getLinkLocal)
                .filter(address -> !address.equals(recorded.linkLocal().toString())).distinct()
                .collect(Collectors.joining(", "));
        if (itself.isEmpty()) {
            findings.error("the recorded gateway " + recorded.linkLocal() + " does not advertise itself on " + link
                    + (others.isEmpty() ? ": nobody does" : ", but " + others + " does"), RECORD_REMEDY);
            return;
        }
        List<String> prefixes = itself.stream().map(org.godwit.protocol.agent.Gateway::getPrefix)
                .filter(prefix -> !prefix.isEmpty()).distinct().toList();
        if (!prefixes.contains(recorded.prefix().toString())) {
            findings.error("the gateway " + recorded.linkLocal() + " on " + link + " advertises "
                    + (prefixes.isEmpty() ? "no prefix" : String.join(", ", prefixes)) + ", but " + recorded.prefix()
                    + " is recorded", RECORD_REMEDY);
        }
        itself.stream().map(org.godwit.protocol.agent.Gateway::getMac)
                .filter(mac -> !mac.isEmpty() && !mac.equals(recorded.mac().text())).distinct()
                .forEach(mac -> findings.error("the gateway " + recorded.linkLocal() + " on " + link
                        + " advertises the MAC " + mac + ", but " + recorded.mac() + " is recorded", RECORD_REMEDY));
        if (!others.isEmpty()) {
            findings.warning("on " + link + " another router advertises itself, too: " + others,
                    "Make sure that it may: the VM will listen to it as well.");
        }
    }

    static void address(Facts facts, Findings findings) {
        facts.ofTarget((target, known) -> facts.ofSource((source, _) -> {
            if (source.getDomain().getSecondaryMac().isEmpty()) {
                return;
            }
            String mac = source.getDomain().getSecondaryMac();
            known.get(target, "moa", TargetFacts::hasMoa, TargetFacts::getMoa, findings)
                    .ifPresent(owner -> owned(facts, Addresses.moa(facts, mac), owner, findings));
            known.get(target, "link_local", TargetFacts::hasLinkLocal, TargetFacts::getLinkLocal, findings)
                    .ifPresent(owner -> owned(facts, Addresses.linkLocal(mac), owner, findings));
        }));
    }

    private static void owned(Facts facts, String address, Neighbour owner, Findings findings) {
        if (!owner.getMac().isEmpty()) {
            findings.error(address + ", which the VM will need, is in use on the link of host "
                    + facts.journey().target() + " by " + owner.getMac(),
                    "Find that machine, or give the VM's interface another MAC.");
        }
    }

    /** Not where the gateway is not the recorded one, or the address somebody's: then it could not have been asked. */
    static void egress(Facts facts, Findings findings) {
        boolean inVain = Check.GATEWAY.judge(facts).stream().anyMatch(Finding::isError)
                || Check.ADDRESS.judge(facts).stream().anyMatch(Finding::isError);
        facts.ofTarget((target, known) -> facts.ofSource((source, _) -> {
            if (!inVain && !source.getDomain().getSecondaryMac().isEmpty()) {
                known.get(target, "egress", TargetFacts::hasEgress, it -> it.getEgress().getAnswersList(), findings)
                        .ifPresent(answers -> answers.forEach(answer -> egress(facts.journey().target(),
                                Addresses.moa(facts, source.getDomain().getSecondaryMac()), answer, findings)));
            }
        }));
    }

    /** @param moa from which it was asked */
    static void egress(Name target, String moa, EgressAnswer answer, Findings findings) {
        String said = answer.getRefusal().isEmpty() ? "" : " (" + answer.getRefusal() + ")";
        if (answer.getAnswered()) {
            return;
        }
        if (answer.getHostAnswered()) {
            findings.error(answer.getDestination() + " answers host " + target + ", but not " + moa
                    + ", which the VM will have there" + said,
                    "Let packets with that source pass: at the gateway, and at whatever filters sources (BCP 38).");
        } else {
            findings.warning("whether packets of " + moa + " come out of the site could not be checked: "
                    + answer.getDestination() + " answers nobody at host " + target + said,
                    "Let it answer echoes, or make sure yourself that it is reached from there.");
        }
    }
}
