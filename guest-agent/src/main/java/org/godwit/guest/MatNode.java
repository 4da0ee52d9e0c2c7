package org.godwit.guest;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.godwit.model.MobileAddress;
import org.godwit.shim.DataPlane;
import org.godwit.shim.FlipTrigger;
import org.godwit.shim.ShimEvent;
import org.godwit.shim.ShimEvent.Flipped;
import org.godwit.shim.ShimEvent.MissOut;
import org.godwit.shim.ShimEvent.PeerFlipped;
import org.godwit.shim.ShimEvent.UnknownSource;
import org.godwit.shim.ShimException;
import org.godwit.shim.Slot;

/** The installed shim with what feeds it: the kernel asks by events, the mapping server answers into {@link Peers}. */
final class MatNode implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(1);

    /** So long it is believed that an address is nobody's MoA. Connections go on without. */
    private static final Duration PLAIN_LIFETIME = Duration.ofSeconds(20);

    /**
     * Anybody can make us ask by sending from forged addresses, at the expense of all whom the mapping server counts to our
     * link. Whoever does exist sends again.
     */
    static final Rate QUESTIONS_OF_OTHERS = new Rate(200, 400);

    private static final Rate COMPLAINTS = new Rate(1, 1);

    private final DataPlane plane;
    private final Peers peers;
    private final LineLog log;
    private final LongSupplier nanoTicker;
    private final BiConsumer<Slot, FlipTrigger> flipped;
    private final TokenBucket questions;
    private final TokenBucket complaints;
    private long notAsked;
    private volatile Mappings mappings;
    private volatile boolean closed;

    /** @param flipped told of the own flips, on the event thread: it must not wait */
    MatNode(DataPlane plane, Peers peers, LineLog log, LongSupplier nanoTicker, BiConsumer<Slot, FlipTrigger> flipped) {
        this.plane = plane;
        this.peers = peers;
        this.log = log;
        this.nanoTicker = nanoTicker;
        this.flipped = flipped;
        long now = nanoTicker.getAsLong();
        questions = new TokenBucket(QUESTIONS_OF_OTHERS, now);
        complaints = new TokenBucket(COMPLAINTS, now);
    }

    DataPlane plane() {
        return plane;
    }

    Peers peers() {
        return peers;
    }

    Mappings mappings() {
        return mappings;
    }

    /** Asks here from now on, first of all about the peers that are known; the client before, if any, is closed. */
    void use(Mappings client) {
        Mappings before = mappings;
        mappings = client;
        if (before != null) {
            before.close();
        }
        client.watch(peers.known());
    }

    /** Starts the event thread. */
    void start() {
        Thread thread = new Thread(this::listen, "shim-events");
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        while (!closed) {
            Optional<ShimEvent.OfNode> event;
            try {
                event = plane.nextEvent(WAIT);
            } catch (IllegalStateException | ShimException e) {
                log.line("shim_events_end", "reason", e.getMessage());
                return;
            }
            try {
                if (event.isPresent()) {
                    handle(event.get());
                }
            } catch (RuntimeException e) {
                // One event is lost; the kernel asks again.
                log.line("shim_event_failed", "event", event, "reason", e);
            }
        }
    }

    private void handle(ShimEvent.OfNode event) {
        switch (event) {
            case MissOut(var peer) -> mappings.resolve(peer);
            case UnknownSource(var source) -> ask(source);
            case PeerFlipped(var peer, var to) -> peers.flipped(peer, to);
            case Flipped(var to, var by) -> flipped.accept(to, by);
        }
    }

    private void ask(MobileAddress source) {
        long now = nanoTicker.getAsLong();
        if (questions.take(now)) {
            mappings.resolve(source, () -> pass(source));
            return;
        }
        notAsked++;
        if (complaints.take(now)) {
            log.line("sources_not_asked_about", "newest", source, "so_far", notAsked);
        }
    }

    /** On a thread of the mapping server's client. */
    private void pass(MobileAddress nobodys) {
        try {
            plane.passPlain(nobodys, PLAIN_LIFETIME);
        } catch (IllegalArgumentException | IllegalStateException | ShimException e) {
            log.line("plain_refused", "address", nobodys, "reason", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        if (mappings != null) {
            mappings.close();
        }
        plane.close();
    }
}
