package org.godwit.cli;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The server's events, on a thread of their own. A stream that breaks is taken up again where it stopped. */
final class EventStream implements AutoCloseable {

    /** Hears of events, and of what happens to the stream. Called one after the other. */
    interface Listener {

        /** @param data JSON */
        void event(String kind, String data);

        /** The stream has ended or cannot be had, and will be asked for again. @param failure null when it ended */
        void interrupted(CommandFailure failure);
    }

    private final McsClient server;
    private final String path;
    private final Duration pause;
    private final Listener listener;
    private final CountDownLatch closed = new CountDownLatch(1);
    private String last;

    /** @param pause before a broken stream is asked for again */
    EventStream(McsClient server, String path, Duration pause, Listener listener) {
        this.server = server;
        this.path = path;
        this.pause = pause;
        this.listener = listener;
        Thread.ofVirtual().name("events").start(this::run);
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            do {
                CommandFailure failure = null;
                try (Stream<String> lines = server.events(path, last)) {
                    read(lines);
                } catch (CommandFailure e) {
                    failure = e;
                } catch (UncheckedIOException _) {
                    // broken off: told below
                }
                if (closed.getCount() > 0) {
                    listener.interrupted(failure);
                }
            } while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** The format of server-sent events, as much of it as our server uses: one line of data, comments passed over. */
    private void read(Stream<String> lines) {
        String[] fields = {"", "" };
        lines.forEach(line -> {
            if (line.isEmpty() && !fields[1].isEmpty() && closed.getCount() > 0) {
                listener.event(fields[0], fields[1]);
                fields[0] = "";
                fields[1] = "";
            } else if (line.startsWith("id:")) {
                last = line.substring(3).strip();
            } else if (line.startsWith("event:")) {
                fields[0] = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                fields[1] = line.substring(5).strip();
            }
        });
    }
}
