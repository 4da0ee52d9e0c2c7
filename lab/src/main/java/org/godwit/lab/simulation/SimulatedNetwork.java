package org.godwit.lab.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.godwit.mcs.agents.AgentLostException;
import org.godwit.mcs.agents.Agents;
import org.godwit.model.Name;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.VmPaused;
import org.godwit.protocol.agent.VmResumed;

/**
 * What is between control servers and hosts. An agent has one session at a time, with one server. It keeps order, as TCP does,
 * but ends at any moment; when there is one again, what has no answer is sent again. Within a session words may be late, and be
 * said twice.
 */
final class SimulatedNetwork {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Outcome ABSENT = Outcome.newBuilder()
            .setDomain(DomainReport.newBuilder().setState(DomainState.DOMAIN_ABSENT)).build();

    private final VirtualTime time;
    private final Chance chance;
    private final Map<Name, Station> stations = new LinkedHashMap<>();
    private final Set<Fence> off;
    private final List<View> views = new ArrayList<>();
    private View newest;

    /** One host and its session. */
    private static final class Station {
        final SimulatedHost host;
        /** With whom; empty while there is none. */
        Optional<View> server = Optional.empty();
        int sessions;
        Duration lastToHost = Duration.ZERO;
        Duration lastFromHost = Duration.ZERO;

        Station(SimulatedHost host) {
            this.host = host;
        }
    }

    SimulatedNetwork(VirtualTime time, Chance chance, Set<Fence> off) {
        this.time = time;
        this.chance = chance;
        this.off = off;
    }

    void connect(SimulatedHost host) {
        stations.put(host.name(), new Station(host));
    }

    boolean hasSession(Name host) {
        return stations.get(host).server.isPresent();
    }

    /** The host's agent loses its session, and dials in again after a while. */
    void cut(Name host, Duration duration) {
        Station station = stations.get(host);
        int session = end(station);
        time.after(duration, () -> {
            if (station.sessions == session && newest != null) {
                dialled(station, chance.isTrouble(3) ? chance.oneOf(alive()) : newest);
            }
        });
    }

    /** Where the control server was, one that only believes to be it may still listen. */
    private void dialled(Station station, View server) {
        Name host = station.host.name();
        if (server.process.isDead()) {
            cut(host, chance.between(Duration.ofMillis(200), Duration.ofSeconds(5)));
            return;
        }
        station.server = Optional.of(server);
        int session = station.sessions;
        server.process.run(() -> {
            if (station.sessions == session) {
                server.sendAgain(host);
            }
        });
        if (server != newest) {
            time.after(chance.between(Duration.ofSeconds(5), Duration.ofMinutes(2)), () -> {
                if (station.sessions == session) {
                    cut(host, chance.between(Duration.ofMillis(10), Duration.ofSeconds(5)));
                }
            });
        }
    }

    /** At least the newest. */
    private List<View> alive() {
        views.removeIf(view -> view.process.isDead() && view != newest);
        return views;
    }

    private int end(Station station) {
        station.sessions++;
        Optional<View> server = station.server;
        station.server = Optional.empty();
        server.ifPresent(view -> view.lostSight(station, station.sessions));
        return station.sessions;
    }

    /** What the hosts say of their own accord. */
    void paused(Name host, UUID vm) {
        say(host, notice -> notice.setVmUuid(vm.toString()).setVmPaused(VmPaused.getDefaultInstance()));
    }

    void resumed(Name host, UUID vm) {
        say(host, notice -> notice.setVmUuid(vm.toString()).setVmResumed(VmResumed.getDefaultInstance()));
    }

    private void say(Name host, UnaryOperator<Notice.Builder> words) {
        Notice notice = words.apply(Notice.newBuilder()).build();
        Station station = stations.get(host);
        station.server.ifPresent(to -> toServer(station, () -> to.hear(host, notice)));
    }

    /** Whatever the delay, nothing overtakes anything. */
    private void toHost(Station station, Runnable arrival) {
        Duration at = time.now().plus(delay());
        station.lastToHost = at.compareTo(station.lastToHost) > 0 ? at : station.lastToHost;
        time.after(station.lastToHost.minus(time.now()), arrival);
    }

    private void toServer(Station station, Runnable arrival) {
        Duration at = time.now().plus(delay());
        station.lastFromHost = at.compareTo(station.lastFromHost) > 0 ? at : station.lastFromHost;
        time.after(station.lastFromHost.minus(time.now()), arrival);
    }

    private Duration delay() {
        return chance.between(Duration.ofNanos(200_000),
                chance.isTrouble(20) ? Duration.ofSeconds(60) : Duration.ofMillis(30));
    }

    /**
     * The hosts, as one process of the control server sees them: the newest from now on. Whoever has a session with an older
     * one keeps it until it is cut.
     */
    Agents view(ServerProcess process, Runnable beforeEach) {
        newest = new View(process, beforeEach);
        views.add(newest);
        stations.values().stream().filter(station -> station.server.isEmpty())
                .forEach(station -> cut(station.host.name(),
                        chance.between(Duration.ofMillis(10), Duration.ofSeconds(5))));
        return newest;
    }

    /** A process that is dead ends its sessions. */
    void gone(ServerProcess process) {
        stations.values().stream().filter(station -> station.server.filter(view -> view.process == process).isPresent())
                .forEach(station -> cut(station.host.name(),
                        chance.between(Duration.ofMillis(200), Duration.ofSeconds(5))));
    }

    /** Whether the newest server is alive, and this host's agent has a session with it. */
    boolean isCommanded(Name host) {
        return stations.get(host).server
                .filter(view -> view == newest && !view.process.isDead() && !view.process.hangs()).isPresent();
    }

    /** In the course of a command, to whoever has sent it in this session. */
    private void meanwhile(Station station, Notice notice) {
        int session = station.sessions;
        station.server.ifPresent(view -> toServer(station, () -> {
            View.Pending one = view.pending.get(notice.getCommandId());
            if (station.sessions == session && one != null) {
                view.process.run(() -> one.notices().accept(notice));
            }
        }));
    }

    /** To whomever there is a session with by then. A session that ends swallows it; it will be asked for again. */
    private void answer(Station station, Outcome outcome) {
        int session = station.sessions;
        station.server.ifPresent(view -> toServer(station, () -> {
            View.Pending one = view.pending.get(outcome.getCommandId());
            if (station.sessions == session && one != null) {
                view.process.run(() -> one.outcome().complete(outcome));
            }
        }));
    }

    private final class View implements Agents {

        private record Pending(Name host, Command command, Consumer<Notice> notices,
                CompletableFuture<Outcome> outcome) {}

        private record Watcher(Name host, String vm, Consumer<Notice> notices) {}

        private final ServerProcess process;
        private final Runnable beforeEach;
        private final Map<String, Pending> pending = new LinkedHashMap<>();
        private final List<Watcher> watchers = new ArrayList<>();
        /** Before anybody is asked where a VM is, its copy is cancelled at the source. */
        private final Map<String, Name> sources = new HashMap<>();

        private View(ServerProcess process, Runnable beforeEach) {
            this.process = process;
            this.beforeEach = beforeEach;
        }

        private boolean isOf(Station station) {
            return station.server.filter(view -> view == this).isPresent();
        }

        @Override
        public boolean connected(Name host) {
            return isOf(stations.get(host));
        }

        /** Whom nobody hears has no session here. */
        @Override
        public Duration silence(Name host) {
            return Duration.ZERO;
        }

        @Override
        public CompletableFuture<Outcome> perform(Name host, Command command, Consumer<Notice> notices) {
            beforeEach.run();
            if (command.hasCancelCopy()) {
                sources.put(command.getVmUuid(), host);
            }
            if (command.hasInspect() && off.contains(
                    host.equals(sources.get(command.getVmUuid())) ? Fence.ASK_SOURCE : Fence.ASK_TARGET)) {
                return CompletableFuture.completedFuture(ABSENT);
            }
            Pending one = new Pending(host, command, notices, new CompletableFuture<>());
            process.run(() -> begin(one));
            return one.outcome();
        }

        private void begin(Pending one) {
            pending.put(one.command().getId(), one);
            one.outcome().whenComplete((_, _) -> pending.remove(one.command().getId(), one));
            Station station = stations.get(one.host());
            if (isOf(station)) {
                send(one, one.command());
            } else {
                lostSight(station, station.sessions);
            }
        }

        private void send(Pending one, Command command) {
            Station station = stations.get(one.host());
            int session = station.sessions;
            toHost(station, () -> deliver(one, command, session));
            if (chance.isTrouble(15)) {
                toHost(station, () -> deliver(one, command, session));
            }
        }

        /** An agent ends a session before it begins another: what was still on its way is lost. */
        private void deliver(Pending one, Command command, int sentIn) {
            Station station = stations.get(one.host());
            if (station.sessions == sentIn && isOf(station)) {
                station.host.receive(command, outcome -> answer(station, outcome),
                        notice -> meanwhile(station, notice));
            }
        }

        private void sendAgain(Name host) {
            List.copyOf(pending.values()).stream().filter(one -> one.host().equals(host))
                    .forEach(one -> send(one, one.command().toBuilder().setSentAgain(true).build()));
        }

        private void lostSight(Station station, int session) {
            Name host = station.host.name();
            time.after(PATIENCE, () -> process.run(() -> {
                if (!isOf(station) && (station.sessions == session || station.server.isPresent())) {
                    List.copyOf(pending.values()).stream().filter(one -> one.host().equals(host))
                            .forEach(
                                    one -> one.outcome().completeExceptionally(new AgentLostException(host, PATIENCE)));
                }
            }));
        }

        @Override
        public Watch watch(Name host, UUID vm, Consumer<Notice> notices) {
            Watcher watcher = new Watcher(host, vm.toString(), notices);
            watchers.add(watcher);
            return () -> watchers.removeIf(other -> other == watcher);
        }

        private void hear(Name host, Notice notice) {
            process.run(() -> List.copyOf(watchers).stream()
                    .filter(watcher -> watcher.host().equals(host) && watcher.vm().equals(notice.getVmUuid()))
                    .forEach(watcher -> watcher.notices().accept(notice)));
        }
    }
}
