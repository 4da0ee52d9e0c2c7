package org.godwit.mcs.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.EventLog;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.LoggedEvent;
import org.godwit.model.Name;
import org.godwit.protocol.rest.Resources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventStreamsTest {

    /** So long that whatever lies between server and client is full after a few of them. */
    private static final String MESSAGE = "x".repeat(64 * 1024);
    private static final int EVENTS = 400;
    /** A page of the log, what fits between server and client, and some. */
    private static final int READ_MAX = 150;
    private static final int SMALL = 4096;
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /** How many events have been read for a client, by its path. */
    private final Map<String, AtomicInteger> read = new ConcurrentHashMap<>();
    private Database database;
    private InventoryStore inventory;
    private int sites;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("data"));
        inventory = new InventoryStore(database, InstantSource.system());
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        threads.shutdownNow();
        database.close();
    }

    @Test
    void aClientThatReadsNothingCostsNoMemory() throws IOException {
        try (Listener slow = new Listener(serve(NEVER), "/slow", 0)) {
            happen(EVENTS);
            try (Listener quick = new Listener(slow.port(), "/quick", 0)) {
                happen(1);
                assertThat(quick.numbers(EVENTS + 1)).isEqualTo(LongStream.rangeClosed(1, EVENTS + 1).boxed().toList());
            }
            assertThat(read.get("/slow").get()).isBetween(1, READ_MAX);
            assertThat(slow.numbers(EVENTS + 1)).as("it has missed nothing").hasSize(EVENTS + 1);
        }
    }

    @Test
    void aClientThatReadsNothingIsCutOffAndGoesOnWhereItStopped() throws IOException {
        int port = serve(Duration.ofMillis(200));
        List<Long> before;
        try (Listener slow = new Listener(port, "/slow", 0)) {
            happen(EVENTS);
            Wait.until("something is on its way", () -> read.get("/slow").get() > 0);
            // Whoever begins to read before it is cut off is not slow.
            try (Listener other = new Listener(port, "/other", EVENTS)) {
                other.awaitHeartbeats(5);
            }
            before = slow.numbersUntilTheEnd();
        }
        assertThat(before).isEqualTo(LongStream.rangeClosed(1, before.size()).boxed().toList());
        assertThat(before.size()).isBetween(1, READ_MAX);
        try (Listener again = new Listener(serve(NEVER), "/again", before.getLast())) {
            assertThat(again.numbers(EVENTS - before.size()))
                    .isEqualTo(LongStream.rangeClosed(before.size() + 1, EVENTS).boxed().toList());
        }
    }

    @Test
    void aStreamThatBreaksBeforeItsFirstEventMissesNothing() throws IOException {
        happen(3);
        try (Listener early = new Listener(serve(NEVER), "/early", 2)) {
            assertThat(early.nextId()).as("where it begins").isEqualTo(2);
        }
    }

    @Test
    void whatDoesNotConcernAStreamNeedNotBeReadAgain() throws IOException {
        happen(100);
        try (Listener quiet = new Listener(serve(NEVER), "/of-nobody", 0)) {
            assertThat(quiet.nextId()).isZero();
            assertThat(quiet.nextId()).isEqualTo(100);
        }
        assertThat(read.get("/of-nobody")).hasValue(0);
    }

    @Test
    void aStreamThatCannotBeReadIsCutOffAndNotSilent() throws IOException {
        int port = serve(NEVER);
        try (Listener unlucky = new Listener(port, "/broken", 0)) {
            happen(1);
            assertThat(unlucky.numbersUntilTheEnd()).isEmpty();
        }
        try (Listener again = new Listener(port, "/mended", 0)) {
            happen(1);
            assertThat(again.numbers(2)).containsExactly(1L, 2L);
        }
    }

    private void happen(int times) {
        for (int i = 0; i < times; i++) {
            inventory.addSite(Name.of("site-" + sites++));
        }
    }

    private int serve(Duration heartbeat) {
        EventStreams streams = new EventStreams(vertx, database.events(), threads, heartbeat);
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setSendBufferSize(SMALL))
                .requestHandler(request -> {
                    AtomicInteger count = read.computeIfAbsent(request.path(), _ -> new AtomicInteger());
                    long after = Long.parseLong(request.getHeader("Last-Event-ID"));
                    Reply reply = streams.open(
                            new EventStreams.Subject(filter(request.path()), after, _ -> false, Optional::empty),
                            event -> view(event, request.path(), count));
                    threads.execute(() -> ((Reply.Streamed) reply.body()).begin(request.response()));
                });
        return server.listen(0, "::1").toCompletionStage().toCompletableFuture().join().actualPort();
    }

    private static EventLog.Filter filter(String path) {
        return path.equals("/of-nobody") ? EventLog.Filter.of("nobody") : EventLog.Filter.ALL;
    }

    private static Resources.Event view(LoggedEvent event, String path, AtomicInteger count) {
        if (path.equals("/broken")) {
            throw new IllegalStateException("the disk is full");
        }
        count.incrementAndGet();
        return new Resources.Event(event.number(), event.at().toString(), event.kind().word(), event.subject(), null,
                null, MESSAGE);
    }

    /** Reads only when asked to. */
    private static final class Listener implements AutoCloseable {

        private final int port;
        private final Socket socket = new Socket();
        private final BufferedReader lines;

        Listener(int port, String path, long lastEventId) throws IOException {
            this.port = port;
            socket.setReceiveBufferSize(SMALL);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress(InetAddress.getByName("::1"), port));
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: [::1]\r\nLast-Event-ID: " + lastEventId
                    + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        int port() {
            return port;
        }

        List<Long> numbers(int count) throws IOException {
            List<Long> numbers = new ArrayList<>();
            while (numbers.size() < count) {
                long id = nextId();
                if (lines.readLine().startsWith("event: ")) {
                    numbers.add(id);
                }
            }
            return numbers;
        }

        long nextId() throws IOException {
            String line = lines.readLine();
            while (line != null && !line.startsWith("id: ")) {
                line = lines.readLine();
            }
            assertThat(line).as("it goes on").isNotNull();
            return Long.parseLong(line.substring(4));
        }

        /** All streams have them at the same time. */
        void awaitHeartbeats(int count) throws IOException {
            for (int left = count; left > 0;) {
                left -= lines.readLine().equals(":") ? 1 : 0;
            }
        }

        /** Of those that came whole: the last one is told twice or not at all otherwise. */
        List<Long> numbersUntilTheEnd() throws IOException {
            List<Long> numbers = new ArrayList<>();
            Optional<Long> begun = Optional.empty();
            Optional<Long> told = Optional.empty();
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("id: ")) {
                        begun = Optional.of(Long.valueOf(line.substring(4)));
                    } else if (line.startsWith("data: ")) {
                        told = begun;
                    } else if (line.isEmpty()) {
                        told.ifPresent(numbers::add);
                        told = Optional.empty();
                    }
                }
            } catch (IOException _) {
                // reset
            }
            return numbers;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
