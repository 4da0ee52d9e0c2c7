package org.godwit.mcs.rest;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.runner.RefusedException.Reason;
import org.godwit.mcs.store.EventLog;
import org.godwit.mcs.store.LoggedEvent;
import org.godwit.protocol.rest.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events: the log of events, read on behalf of clients. A stream remembers no more than the number it has come to,
 * so a slow client costs no memory; one that takes nothing between two heartbeats is cut off, and goes on where it stopped by
 * {@code Last-Event-ID} when it comes back.
 */
final class EventStreams {

    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
    private static final int STREAMS_MAX = 1_000;
    private static final int PAGE = 100;
    /** So many events that do not concern it may have happened before a client hears how far its stream is. */
    private static final long SHOWN_EVERY = 100;
    static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final long PROGRESS_MS = 500;

    private final EventLog log;
    private final Executor threads;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();

    /**
     * @param threads that may wait for the disk
     * @param heartbeat between two signs of life; a client that takes nothing from one to the next is cut off
     */
    EventStreams(Vertx vertx, EventLog log, Executor threads, Duration heartbeat) {
        this.log = log;
        this.threads = threads;
        log.onAppend(() -> streams.forEach(Stream::wake));
        vertx.setPeriodic(heartbeat.toMillis(), _ -> streams.forEach(Stream::beat));
        vertx.setPeriodic(PROGRESS_MS, _ -> streams.forEach(Stream::tellProgress));
    }

    /**
     * What a stream tells.
     *
     * @param after the number of the last event that the client has
     * @param last whether nothing follows an event
     * @param progress what is told in between, without a number, while there is any; not durable
     */
    record Subject(EventLog.Filter filter, long after, Function<LoggedEvent, Boolean> last,
            Supplier<Optional<Resources.Progress>> progress) {}

    Reply open(Subject subject, Function<LoggedEvent, Resources.Event> view) {
        if (streams.size() >= STREAMS_MAX) {
            throw new RefusedException(Reason.BUSY, STREAMS_MAX + " streams are open already: try again later", null);
        }
        return Reply.stream(response -> {
            Stream stream = new Stream(subject, view, response);
            stream.orCut(stream::begin);
        });
    }

    private final class Stream {

        private final Subject subject;
        private final Function<LoggedEvent, Resources.Event> view;
        private final HttpServerResponse response;
        private long cursor;
        /** The number with which the client would come back, as long as its connection has lost nothing. */
        private long shown;
        /** Guarded by this: one reader at a time, and one more round when something came meanwhile. */
        private boolean reading;
        private boolean again;
        private volatile boolean stalled;
        private Resources.Progress told;

        Stream(Subject subject, Function<LoggedEvent, Resources.Event> view, HttpServerResponse response) {
            this.subject = subject;
            this.view = view;
            this.response = response;
            this.cursor = subject.after();
        }

        /** A client that is cut off comes back; one whose stream were silent for ever, but for its heartbeat, would not. */
        void orCut(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                LOG.warn("events=cut after={} reason=\"{}\"", shown, e.getMessage());
                streams.remove(this);
                response.reset();
            }
        }

        void begin() {
            response.closeHandler(_ -> streams.remove(this));
            response.exceptionHandler(_ -> streams.remove(this));
            response.setChunked(true).putHeader("Content-Type", "text/event-stream").putHeader("Cache-Control",
                    "no-store");
            // The headers go out at once, so that the client knows that it listens.
            show(cursor);
            long oldest = log.oldest();
            if (cursor < oldest - 1) {
                response.write("event: gap\ndata: {\"oldest\":" + oldest + "}\n\n");
            }
            // Not before the headers are written: whoever wakes it writes.
            streams.add(this);
            if (response.closed()) {
                streams.remove(this);
            }
            wake();
        }

        void wake() {
            synchronized (this) {
                again = true;
                if (reading) {
                    return;
                }
                reading = true;
            }
            threads.execute(() -> orCut(this::read));
        }

        private void read() {
            while (true) {
                synchronized (this) {
                    if (!again || response.closed() || response.ended()) {
                        reading = false;
                        return;
                    }
                    again = false;
                }
                if (full()) {
                    continue;
                }
                long newest = log.newest();
                List<LoggedEvent> page = log.after(cursor, subject.filter(), PAGE);
                page.forEach(this::tell);
                if (page.size() == PAGE) {
                    synchronized (this) {
                        again = true;
                    }
                } else {
                    pass(newest);
                }
            }
        }

        /** The client has not taken what it was sent: it goes on when it has. */
        private boolean full() {
            if (!response.writeQueueFull()) {
                return false;
            }
            response.drainHandler(_ -> {
                stalled = false;
                wake();
            });
            return response.writeQueueFull();
        }

        /** Up to there nothing is left to tell: it need not be read again, neither in this stream nor in the next. */
        private void pass(long newest) {
            cursor = Math.max(cursor, newest);
            if (cursor - shown >= SHOWN_EVERY && !response.ended() && !response.closed()) {
                show(cursor);
            }
        }

        /** No event, but by the format's rules the number with which the client comes back. */
        private void show(long number) {
            shown = number;
            response.write("id: " + number + "\n\n");
        }

        private void tell(LoggedEvent event) {
            if (response.ended() || response.closed()) {
                return;
            }
            cursor = event.number();
            shown = cursor;
            response.write("id: " + event.number() + "\nevent: " + event.kind().word() + "\ndata: "
                    + HttpListener.json(view.apply(event)) + "\n\n");
            if (subject.last().apply(event)) {
                streams.remove(this);
                response.end();
            }
        }

        /** Shows that the connection lives; a comment by the format's rules. */
        void beat() {
            if (!response.writeQueueFull()) {
                stalled = false;
                response.write(":\n\n");
            } else if (stalled) {
                streams.remove(this);
                response.reset();
            } else {
                stalled = true;
            }
        }

        void tellProgress() {
            Optional<Resources.Progress> progress = subject.progress().get();
            if (progress.isPresent() && !progress.get().equals(told) && !response.writeQueueFull()) {
                told = progress.get();
                response.write("event: progress\ndata: " + HttpListener.json(told) + "\n\n");
            }
        }
    }
}
