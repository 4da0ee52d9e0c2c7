package org.godwit.lab.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.godwit.mcs.agents.AgentLostException;
import org.godwit.mcs.agents.Agents;
import org.godwit.model.Name;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.VmPaused;
import org.godwit.protocol.agent.VmResumed;

/**
 * What is between a control server and its hosts. A session keeps order, as TCP does, but ends at any moment; when it is there
 * again, what has no answer is sent again. Within a session words may be late, and be said twice.
 */
final class SimulatedNetwork {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final VirtualTime time;
    private final Chance chance;
    private final Map<Name, SimulatedHost> hosts = new LinkedHashMap<>();
    private final Map<Name, Integer> sessions = new LinkedHashMap<>();
    private final Map<Name, Duration> toHosts = new LinkedHashMap<>();
    private final Map<Name, Duration> fromHosts = new LinkedHashMap<>();
    private final Set<Name> cutOff = new HashSet<>();
    private View newest;

    SimulatedNetwork(VirtualTime time, Chance chance) {
        this.time = time;
        this.chance = chance;
    }

    void connect(SimulatedHost host) {
        hosts.put(host.name(), host);
        sessions.put(host.name(), 0);
    }

    /** The host's agent loses its session, and dials in again after a while. */
    void cut(Name host, Duration duration) {
        sessions.merge(host, 1, Integer::sum);
        int session = sessions.get(host);
        cutOff.add(host);
        if (newest != null) {
            newest.lostSight(host, session);
        }
        time.after(duration, () -> {
            if (sessions.get(host) == session) {
                cutOff.remove(host);
                if (newest != null) {
                    newest.sendAgain(host);
                }
            }
        });
    }

    /** What the hosts say of their own accord. */
    void paused(Name host, UUID vm) {
        say(host, Notice.newBuilder().setVmUuid(vm.toString()).setVmPaused(VmPaused.getDefaultInstance()).build());
    }

    void resumed(Name host, UUID vm) {
        say(host, Notice.newBuilder().setVmUuid(vm.toString()).setVmResumed(VmResumed.getDefaultInstance()).build());
    }

    private void say(Name host, Notice notice) {
        if (!cutOff.contains(host) && newest != null) {
            View to = newest;
            inOrder(fromHosts, host, () -> to.hear(host, notice));
        }
    }

    /** Whatever the delay, nothing overtakes anything. */
    private void inOrder(Map<Name, Duration> last, Name host, Runnable arrival) {
        Duration at = time.now().plus(delay());
        Duration before = last.getOrDefault(host, Duration.ZERO);
        last.put(host, at.compareTo(before) > 0 ? at : before);
        time.after(last.get(host).minus(time.now()), arrival);
    }

    private Duration delay() {
        return chance.between(Duration.ofNanos(200_000),
                chance.isTrouble(20) ? Duration.ofSeconds(60) : Duration.ofMillis(30));
    }

    /** The hosts, as one process of the control server sees them. The one before it sees nothing any more. */
    Agents view(Runnable beforeEach) {
        newest = new View(beforeEach);
        return newest;
    }

    private final class View implements Agents {

        private record Pending(Name host, Command command, CompletableFuture<Outcome> outcome) {}

        private record Watcher(Name host, String vm, Consumer<Notice> notices) {}

        private final Runnable beforeEach;
        private final Map<String, Pending> pending = new LinkedHashMap<>();
        private final List<Watcher> watchers = new ArrayList<>();

        private View(Runnable beforeEach) {
            this.beforeEach = beforeEach;
        }

        @Override
        public boolean connected(Name host) {
            return !cutOff.contains(host);
        }

        @Override
        public CompletableFuture<Outcome> perform(Name host, Command command, Consumer<Notice> notices) {
            beforeEach.run();
            Pending one = new Pending(host, command, new CompletableFuture<>());
            pending.put(command.getId(), one);
            one.outcome().whenComplete((_, _) -> pending.remove(command.getId(), one));
            if (cutOff.contains(host)) {
                lostSight(host, sessions.get(host));
            } else {
                send(one, command);
            }
            return one.outcome();
        }

        private void send(Pending one, Command command) {
            int session = sessions.get(one.host());
            inOrder(toHosts, one.host(), () -> deliver(one, command, session));
            if (chance.isTrouble(15)) {
                inOrder(toHosts, one.host(), () -> deliver(one, command, session));
            }
        }

        /** An agent ends a session before it begins another: what was still on its way is lost. */
        private void deliver(Pending one, Command command, int sentIn) {
            if (sessions.get(one.host()) != sentIn || cutOff.contains(one.host())) {
                return;
            }
            hosts.get(one.host()).receive(command, outcome -> {
                int session = sessions.get(one.host());
                inOrder(fromHosts, one.host(), () -> {
                    if (newest == this && sessions.get(one.host()) == session && !cutOff.contains(one.host())) {
                        one.outcome().complete(outcome);
                    }
                });
            });
        }

        private void sendAgain(Name host) {
            List.copyOf(pending.values()).stream().filter(one -> one.host().equals(host))
                    .forEach(one -> send(one, one.command().toBuilder().setSentAgain(true).build()));
        }

        private void lostSight(Name host, int session) {
            time.after(PATIENCE, () -> {
                if (newest == this && sessions.get(host) == session && cutOff.contains(host)) {
                    List.copyOf(pending.values()).stream().filter(one -> one.host().equals(host))
                            .forEach(
                                    one -> one.outcome().completeExceptionally(new AgentLostException(host, PATIENCE)));
                }
            });
        }

        @Override
        public Watch watch(Name host, UUID vm, Consumer<Notice> notices) {
            Watcher watcher = new Watcher(host, vm.toString(), notices);
            watchers.add(watcher);
            return () -> watchers.removeIf(other -> other == watcher);
        }

        private void hear(Name host, Notice notice) {
            if (newest == this) {
                List.copyOf(watchers).stream()
                        .filter(watcher -> watcher.host().equals(host) && watcher.vm().equals(notice.getVmUuid()))
                        .forEach(watcher -> watcher.notices().accept(notice));
            }
        }
    }
}
