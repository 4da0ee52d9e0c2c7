package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.godwit.cli.Checklist.Result;
import org.godwit.cli.enrol.AgentSettings;
import org.godwit.cli.enrol.HostFacts;
import org.godwit.cli.enrol.HostSetup;
import org.godwit.cli.remote.RemoteException;
import org.godwit.cli.remote.RemoteHost;
import org.godwit.model.Name;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.rest.Resources.Host;
import org.godwit.protocol.rest.Resources.NewHost;

/**
 * Makes a machine a host whose agent has a session, in steps that may be taken again: what is there already stays, a token is
 * only asked for when one is needed, and an agent that has its session is not started again for nothing.
 */
final class HostEnrolment {

    private static final List<String> STEPS = List.of("ask the control server", "log in", "look at the host",
            "install godwit-host-agent", "write its settings", "get a token", "hand the token over",
            "start godwit-host-agent", "wait for its session");
    private static final String AGAIN = "then run this again: what is done is not done twice";

    /**
     * What an operator wants.
     *
     * @param deb the agent's package; empty for the one that is installed, or that apt finds there
     * @param reachableBridge empty where the host has only one that it can be
     * @param patience for the agent's session
     */
    record Wish(Name name, String site, String mcs, String libvirtUri, Optional<String> reachableBridge,
            Optional<Path> deb, Duration patience) {}

    private final Desk desk;
    private final Wish wish;
    private final HostPresence presence;
    private final Checklist steps;

    HostEnrolment(Desk desk, Surroundings surroundings, Wish wish) {
        this.desk = desk;
        this.wish = wish;
        this.presence = new HostPresence(desk, surroundings, wish.name().text());
        this.steps = new Checklist(desk.structured() ? surroundings.err() : surroundings.out(), STEPS);
    }

    /** @return the host as the control server has it in the end */
    JsonNode carryOut(Supplier<RemoteHost> door) {
        Optional<Host> listed = steps.take(this::ask);
        try (RemoteHost remote = steps.take(() -> {
            RemoteHost entered = door.get();
            return new Result<>(entered, entered.identity());
        })) {
            HostSetup setup = new HostSetup(remote);
            boolean served = listed.filter(Host::connected).isPresent();
            Look look = steps.take(() -> look(setup, served));
            steps.act(() -> wish.deb().map(setup::install).orElseGet(setup::install));
            boolean installed = wish.deb().isPresent() || look.facts().agent().isEmpty();
            boolean changed = steps.take(() -> {
                boolean written = setup.configure(look.settings());
                return new Result<>(written, written ? "" : "they are right already");
            });
            handOver(setup, listed, served);
            steps.act(() -> start(setup, served, installed || changed));
            steps.act(() -> await(setup));
        }
        return presence.body().orElseThrow(McsClient::notUnderstood);
    }

    private Result<Optional<Host>> ask() {
        Optional<Host> listed = presence.look();
        listed.filter(host -> !host.site().equals(wish.site())).ifPresent(host -> {
            throw new CommandFailure(ExitStatus.REFUSED, "host " + wish.name() + " is at site " + host.site()
                    + " in the inventory: give that site, or remove the host first");
        });
        if (listed.isEmpty() && desk.server().find(Desk.one(Kind.SITE, wish.site())).isEmpty()) {
            throw new CommandFailure(ExitStatus.REFUSED,
                    "there is no site " + wish.site() + ": godwit site add " + wish.site());
        }
        return new Result<>(listed, wish.name() + (listed.isEmpty()
                ? " is new"
                : listed.get().connected() ? " is known and connected" : " is known and not connected"));
    }

    private record Look(HostFacts facts, AgentSettings settings) {}

    private Result<Look> look(HostSetup setup, boolean served) {
        HostFacts facts = setup.look();
        if (!facts.obstacles().isEmpty()) {
            throw new RemoteException("it cannot be a host yet: " + String.join("; ", facts.obstacles()),
                    "mend all of that, " + AGAIN);
        }
        if (served && !(facts.certified() && facts.name().equals(Optional.of(wish.name().text())))) {
            throw new RemoteException("another machine is connected as host " + wish.name(),
                    "give this one another name; if it is to take the other's place, stop the agent there first");
        }
        String bridge = wish.reachableBridge().orElseGet(() -> bridge(facts));
        return new Result<>(
                new Look(facts, new AgentSettings(wish.name(), wish.mcs(), bridge, wish.libvirtUri())),
                facts + ", bridge " + bridge);
    }

    private static String bridge(HostFacts facts) {
        if (facts.bridges().size() != 1) {
            throw new RemoteException(facts.bridges().isEmpty()
                    ? "it has no bridge to its site's link"
                    : "it has several bridges: " + String.join(", ", facts.bridges()),
                    "name the bridge with the uplink to the site's network with --reachable-bridge");
        }
        return facts.bridges().getFirst();
    }

    private void handOver(HostSetup setup, Optional<Host> listed, boolean served) {
        Optional<AccessToken> token = steps.take(() -> served
                ? new Result<>(Optional.empty(), "not needed: it is enrolled")
                : new Result<>(Optional.of(token(listed.isPresent())), "good for one day, once"));
        steps.act(() -> {
            token.ifPresent(it -> setup.handOver(it.text()));
            setup.checkSettings();
            return token.isPresent() ? "in a file for root alone" : "not needed";
        });
    }

    private AccessToken token(boolean listed) {
        JsonNode body = listed
                ? desk.server().post(Desk.one(Kind.HOST, wish.name().text()) + "/token")
                : desk.server().post(Kind.HOST.path(), new NewHost(wish.name().text(), wish.site()));
        try {
            AccessToken token = AccessToken.parse(body.path("token").asText());
            if (desk.server().authority().filter(ours -> !ours.equals(token.authority())).isPresent()) {
                throw new CommandFailure(ExitStatus.FAILED,
                        "the server gave a token of another authority than that of your own token");
            }
            return token;
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.FAILED, "the server did it but sent no token", e);
        }
    }

    /** A session that is about to end must not be taken for the next one. */
    private String start(HostSetup setup, boolean served, boolean anew) {
        if (served && anew) {
            setup.stop();
            if (!presence.await(false, wish.patience())) {
                throw new RemoteException("the agent is stopped, and the control server still has its session",
                        "look whether another machine calls itself " + wish.name());
            }
        }
        setup.start(anew || !served);
        return served && !anew ? "it runs already" : "at each start of the machine, too";
    }

    private String await(HostSetup setup) {
        if (!presence.await(true, wish.patience())) {
            String words = setup.lastWords();
            throw new RemoteException("no session within " + wish.patience().toSeconds() + " s; the agent says: "
                    + (words.isEmpty() ? "nothing" : words.replace("\n", " / ")),
                    "docs/identity.md says what its words mean; when that is mended it connects by itself, or run this"
                            + " again");
        }
        setup.forgetToken();
        return "connected";
    }
}
