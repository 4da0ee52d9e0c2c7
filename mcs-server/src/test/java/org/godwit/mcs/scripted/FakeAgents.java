package org.godwit.mcs.scripted;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.godwit.mcs.agents.Agents;
import org.godwit.model.Name;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;

/** Agents without sessions: a command is at its host at once. */
public final class FakeAgents implements Agents {

    private final ScriptedHosts hosts;
    private final Set<Name> away = ConcurrentHashMap.newKeySet();
    private final Set<Name> silent = ConcurrentHashMap.newKeySet();

    public FakeAgents(ScriptedHosts hosts) {
        this.hosts = hosts;
    }

    /** These hosts have no session, and what is sent to them is not heard. */
    public FakeAgents away(String... names) {
        away.addAll(new HashSet<>(List.of(names)).stream().map(Name::of).toList());
        return this;
    }

    /** From now on nothing is heard of these hosts, though they have a session. */
    public void silent(String... names) {
        silent.addAll(Stream.of(names).map(Name::of).toList());
    }

    @Override
    public Duration silence(Name host) {
        return silent.contains(host) ? Duration.ofSeconds(8) : Duration.ZERO;
    }

    @Override
    public boolean connected(Name host) {
        return !away.contains(host);
    }

    @Override
    public CompletableFuture<Outcome> perform(Name host, Command command, Consumer<Notice> notices) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        if (!away.contains(host)) {
            hosts.take(host.text(), command, notices, outcome::complete);
        }
        return outcome;
    }

    @Override
    public Watch watch(Name host, UUID vm, Consumer<Notice> notices) {
        return hosts.watch(host.text(), notices);
    }
}
