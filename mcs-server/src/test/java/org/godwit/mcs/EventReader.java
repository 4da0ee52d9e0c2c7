package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A client of a stream of events, as a browser's EventSource is one. */
final class EventReader implements AutoCloseable {

    private static final Map<String, String> END = Map.of("event", "END");
    private static final Map<String, String> CUT = Map.of("event", "CUT");

    private final BlockingQueue<Map<String, String>> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Long> begin = new CompletableFuture<>();
    private final HttpClient http;
    private final int status;

    /** Returns when the server has begun to answer. */
    EventReader(Admin admin, String path, String... headers) throws IOException, InterruptedException {
        // Its own, since closing it ends all that goes over it.
        http = Admin.with(admin.token().text(), admin.port()).http();
        HttpRequest.Builder request = admin.request(path).header("Accept", "text/event-stream");
        HttpResponse<Stream<String>> response = http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofLines());
        status = response.statusCode();
        Thread.ofVirtual().start(() -> read(response.body()));
    }

    int status() {
        return status;
    }

    /** The number after which it begins. */
    long begin() {
        return begin.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** The next one by its fields; comments are passed over. */
    Map<String, String> next() throws InterruptedException {
        Map<String, String> event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("an event within 30 s").isNotNull();
        return event;
    }

    void assertEnded() throws InterruptedException {
        assertThat(next()).isEqualTo(END);
    }

    void assertCut() throws InterruptedException {
        assertThat(next()).isEqualTo(CUT);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private void read(Stream<String> lines) {
        Map<String, String> event = new LinkedHashMap<>();
        try (lines) {
            lines.forEach(line -> {
                if (line.isEmpty()) {
                    if (event.containsKey("event")) {
                        events.add(Map.copyOf(event));
                    } else if (event.containsKey("id")) {
                        begin.complete(Long.valueOf(event.get("id")));
                    }
                    event.clear();
                } else if (!line.startsWith(":")) {
                    event.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
                }
            });
            events.add(END);
        } catch (UncheckedIOException _) {
            // By them or by us.
            events.add(CUT);
        }
    }
}
