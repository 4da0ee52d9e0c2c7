package org.godwit.mcs.scripted;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.godwit.mcs.agents.Agents;
import org.godwit.model.Name;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;

/** Agents without sessions: a command is at its host at once. */
public final class FakeAgents implements Agents {

    private final ScriptedHosts hosts;
    private final Set<Name> away = ConcurrentHashMap.newKeySet();

    public FakeAgents(ScriptedHosts hosts) {
        this.hosts = hosts;
    }

    /** These hosts have no session, and what is sent to them is not heard. */
    public FakeAgents away(String... names) {
        away.addAll(new HashSet<>(List.of(names)).stream().map(Name::of).toList());
        return this;
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
