package org.godwit.mcs.agents;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.godwit.mcs.store.HostPresence;
import org.godwit.model.Name;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which host has a session, and which commands wait for an outcome. Knows nothing of transports.
 *
 * <p>Thread-safe; futures and listeners run outside the lock, on the thread that brought the frame.
 */
public final class AgentSessions implements Agents, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AgentSessions.class);

    /** One connected agent. Neither method blocks. */
    interface Session {
        void send(McsFrame frame);

        void end(String reason);
    }

    private static final class Pending {
        final Command command;
        final Consumer<Notice> notices;
        final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        boolean sent;

        Pending(Command command, Consumer<Notice> notices) {
            this.command = command;
            this.notices = notices;
        }

        /** The frame for the next attempt. */
        McsFrame frame() {
            boolean again = sent || command.getSentAgain();
            sent = true;
            return McsFrame.newBuilder().setCommand(command.toBuilder().setSentAgain(again)).build();
        }
    }

    /** Keeps what an agent has done alone. */
    public interface Deeds {

        /**
         * Returns when it is on the disk, or will never be. The agent tells it again when this throws.
         *
         * @return a refusal; empty when it was the host's to say
         */
        Optional<String> record(Name host, Deed deed);
    }

    /** Is told who comes and who goes, in the order in which it happened; all at once that happened while it was busy. */
    public interface Presence {
        void changed(List<HostPresence> changes);
    }

    /** What is known of one host; guarded by the lock. */
    private static final class Station {
        final Map<String, Pending> pending = new LinkedHashMap<>();
        final List<Watcher> watchers = new ArrayList<>();
        Session session;
        long heardAtNanos;
        ScheduledFuture<?> loss;
    }

    private record Watcher(String vm, Consumer<Notice> notices) {}

    private final Object lock = new Object();
    private final Map<Name, Station> stations = new HashMap<>();
    private final List<HostPresence> untold = new ArrayList<>();
    private final Duration patience;
    private final LongSupplier nanoTicker;
    /** What comes after the end is for nobody. */
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(1,
            Thread.ofPlatform().daemon().name("agent-loss").factory(), new ThreadPoolExecutor.DiscardPolicy());
    private volatile Consumer<Name> welcomer = _ -> {};
    private volatile BiConsumer<Name, String> refusals = (_, _) -> {};
    private volatile Presence presence = _ -> {};
    private volatile Deeds deeds = (_, _) -> Optional.empty();

    /** @param patience how long an agent may be without a session before its commands are given up */
    public AgentSessions(Duration patience, LongSupplier nanoTicker) {
        this.patience = patience;
        this.nanoTicker = nanoTicker;
    }

    /** Calls the listener, on a thread of its own, whenever a host's agent has dialled in. */
    public void whenConnected(Consumer<Name> listener) {
        welcomer = listener;
    }

    /** Calls the listener, on a thread that may wait a little, when a host gets its first session and loses its last. */
    public void onPresence(Presence listener) {
        presence = listener;
    }

    /** Calls the listener, which must return at once, when a host speaks of what is not its own; nobody else hears of it. */
    public void whenRefused(BiConsumer<Name, String> listener) {
        refusals = listener;
    }

    /** Hands what agents have done alone to the listener, on a thread that may wait a little, one after the other. */
    public void onDeeds(Deeds listener) {
        deeds = listener;
    }

    @Override
    public boolean connected(Name host) {
        synchronized (lock) {
            Station station = stations.get(host);
            return station != null && station.session != null;
        }
    }

    @Override
    public Duration silence(Name host) {
        synchronized (lock) {
            Station station = stations.get(host);
            return station == null || station.session == null
                    ? Duration.ZERO
                    : Duration.ofNanos(nanoTicker.getAsLong() - station.heardAtNanos);
        }
    }

    /** How many hosts' agents have a session. */
    public long connected() {
        synchronized (lock) {
            return stations.values().stream().filter(station -> station.session != null).count();
        }
    }

    /** How many commands have no outcome yet. */
    public long pending() {
        synchronized (lock) {
            return stations.values().stream().mapToLong(station -> station.pending.size()).sum();
        }
    }

    @Override
    public CompletableFuture<Outcome> perform(Name host, Command command, Consumer<Notice> notices) {
        Pending pending = new Pending(command, notices);
        synchronized (lock) {
            Station station = station(host);
            station.pending.put(command.getId(), pending);
            if (station.session == null) {
                awaitReturn(host, station);
            } else {
                station.session.send(pending.frame());
            }
        }
        pending.outcome.whenComplete((_, _) -> forget(host, pending));
        return pending.outcome;
    }

    @Override
    public Watch watch(Name host, UUID vm, Consumer<Notice> notices) {
        Watcher watcher = new Watcher(vm.toString(), notices);
        synchronized (lock) {
            station(host).watchers.add(watcher);
        }
        return () -> {
            synchronized (lock) {
                // by identity: two watches of one VM are two
                station(host).watchers.removeIf(other -> other == watcher);
            }
        };
    }

    /** A session that the host had before is ended: an agent that dials in anew knows best which one is alive. */
    void opened(Name host, Session session) {
        Session replaced;
        synchronized (lock) {
            Station station = station(host);
            replaced = station.session;
            station.session = session;
            station.heardAtNanos = nanoTicker.getAsLong();
            if (station.loss != null) {
                station.loss.cancel(false);
                station.loss = null;
            }
            station.pending.values().forEach(pending -> session.send(pending.frame()));
            if (replaced == null) {
                tellPresence(host, true);
            }
        }
        var line = LOG.atInfo().addKeyValue("host", host).addKeyValue("agent", "connected");
        (replaced == null ? line : line.addKeyValue("reason", "replaces an older session")).log("");
        if (replaced != null) {
            replaced.end("another session of host " + host + " has begun");
        }
        Thread.ofVirtual().name("welcome-" + host).start(() -> welcomer.accept(host));
    }

    void closed(Name host, Session session, String reason) {
        synchronized (lock) {
            Station station = station(host);
            if (station.session != session) {
                return;
            }
            station.session = null;
            tellPresence(host, false);
            awaitReturn(host, station);
        }
        LOG.atInfo().addKeyValue("host", host).addKeyValue("agent", "disconnected").addKeyValue("reason", reason)
                .log("");
    }

    /** Within the lock, so that the order is the one in which it happened; told outside of it. */
    private void tellPresence(Name host, boolean present) {
        untold.add(new HostPresence(host, present));
        timer.execute(this::tellPresence);
    }

    private void tellPresence() {
        List<HostPresence> changes;
        synchronized (lock) {
            changes = List.copyOf(untold);
            untold.clear();
        }
        if (!changes.isEmpty()) {
            presence.changed(changes);
        }
    }

    /** Ends the host's session, if it has one. */
    public void cut(Name host, String reason) {
        Session session;
        synchronized (lock) {
            session = station(host).session;
        }
        if (session != null) {
            session.end(reason);
        }
    }

    /** Sends to the host's agent, if it has a session. */
    void tell(Name host, McsFrame frame) {
        synchronized (lock) {
            Session session = station(host).session;
            if (session != null) {
                session.send(frame);
            }
        }
    }

    /** Sends to every agent that has a session. */
    void tellAll(McsFrame frame) {
        synchronized (lock) {
            stations.values().stream().map(station -> station.session).filter(Objects::nonNull)
                    .forEach(session -> session.send(frame));
        }
    }

    void received(Name host, AgentFrame frame) {
        synchronized (lock) {
            station(host).heardAtNanos = nanoTicker.getAsLong();
        }
        switch (frame.getFrameCase()) {
            case OUTCOME -> {
                String id = frame.getOutcome().getCommandId();
                Pending pending = pending(host, id);
                if (pending != null) {
                    pending.outcome.complete(frame.getOutcome());
                } else if (concernsAnother(host, station -> station.pending.containsKey(id))) {
                    refusals.accept(host, "the outcome of command " + id + ", which was sent to another host");
                }
            }
            case NOTICE -> notice(host, frame.getNotice());
            case DEED -> record(host, frame.getDeed());
            // a second hello, what its connection has answered, or a frame of a newer agent that we do not know
            case HELLO, HEARTBEAT, CERTIFICATE_REQUEST, FRAME_NOT_SET -> {
            }
        }
    }

    private void record(Name host, Deed deed) {
        timer.execute(() -> {
            try {
                deeds.record(host, deed).ifPresent(refusal -> refusals.accept(host, refusal));
                Session session;
                synchronized (lock) {
                    session = station(host).session;
                }
                if (session != null) {
                    session.send(McsFrame.newBuilder().setDeedRecorded(deed).build());
                }
            } catch (RuntimeException e) {
                LOG.warn("host={} what it did alone cannot be recorded now: {}", host, e.getMessage());
            }
        });
    }

    private void notice(Name host, Notice notice) {
        String vm = notice.getVmUuid();
        if (notice.getCommandId().isEmpty()) {
            List<Watcher> watchers = watchers(host, vm);
            watchers.forEach(watcher -> watcher.notices().accept(notice));
            if (watchers.isEmpty() && concernsAnother(host,
                    station -> station.watchers.stream().anyMatch(watcher -> watcher.vm().equals(vm)))) {
                refusals.accept(host, "a notice of VM " + vm + ", which is another host's");
            }
            return;
        }
        Pending pending = pending(host, notice.getCommandId());
        if (pending != null && pending.command.getVmUuid().equals(vm)) {
            pending.notices.accept(notice);
        } else if (pending != null || concernsAnother(host,
                station -> station.pending.containsKey(notice.getCommandId()))) {
            refusals.accept(host, "a notice in the course of command " + notice.getCommandId()
                    + ", which is not of this host and VM");
        }
    }

    /** Whether it is another host's to speak of that. What nobody waits for any more is merely late. */
    private boolean concernsAnother(Name host, Predicate<Station> concerned) {
        synchronized (lock) {
            return stations.entrySet().stream().anyMatch(
                    entry -> !entry.getKey().equals(host) && concerned.test(entry.getValue()));
        }
    }

    private Pending pending(Name host, String commandId) {
        synchronized (lock) {
            return station(host).pending.get(commandId);
        }
    }

    private List<Watcher> watchers(Name host, String vm) {
        synchronized (lock) {
            return station(host).watchers.stream().filter(watcher -> watcher.vm().equals(vm)).toList();
        }
    }

    private void forget(Name host, Pending pending) {
        synchronized (lock) {
            station(host).pending.remove(pending.command.getId(), pending);
        }
    }

    private void awaitReturn(Name host, Station station) {
        if (station.loss == null) {
            station.loss = timer.schedule(() -> lose(host), patience.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void lose(Name host) {
        List<Pending> lost;
        synchronized (lock) {
            Station station = station(host);
            station.loss = null;
            if (station.session != null) {
                return;
            }
            lost = new ArrayList<>(station.pending.values());
        }
        lost.forEach(pending -> pending.outcome.completeExceptionally(new AgentLostException(host, patience)));
    }

    private Station station(Name host) {
        return stations.computeIfAbsent(host, _ -> new Station());
    }

    @Override
    public void close() {
        timer.shutdownNow();
        timer.close();
    }
}
