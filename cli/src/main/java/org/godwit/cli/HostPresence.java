package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.godwit.protocol.rest.Resources.Host;

/** Whether a host's agent has a session, as the control server sees it. The server's events say when to look. */
final class HostPresence {

    /** A connection can be dead without anybody's saying so. */
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(1);

    private final Desk desk;
    private final Surroundings surroundings;
    private final String name;

    HostPresence(Desk desk, Surroundings surroundings, String name) {
        this.desk = desk;
        this.surroundings = surroundings;
        this.name = name;
    }

    /** @return empty when the inventory does not have it */
    Optional<Host> look() {
        return body().map(it -> McsClient.read(it, Host.class));
    }

    Optional<JsonNode> body() {
        return desk.server().find(Desk.one(Kind.HOST, name));
    }

    /** @return whether it came to be so in time */
    boolean await(boolean connected, Duration limit) {
        Patience patience = new Patience(limit, surroundings.nanoTicker());
        BlockingQueue<Boolean> bell = new LinkedBlockingQueue<>();
        EventStream.Listener listener = new EventStream.Listener() {
            @Override
            public void event(String kind, String data) {
                bell.add(true);
            }

            @Override
            public void interrupted(CommandFailure failure) {
                // looked at anyway
            }
        };
        try (EventStream _ = new EventStream(desk.server(),
                Kind.EVENT.path() + "?subject=" + McsClient.segment(name), surroundings.pollInterval(), listener)) {
            while (look().map(Host::connected).orElse(false) != connected) {
                if (!patience.lasts()) {
                    return false;
                }
                bell.poll(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
                bell.clear();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
