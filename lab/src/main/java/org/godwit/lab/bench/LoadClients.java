package org.godwit.lab.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.godwit.lab.LabException;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.PinnedCa;

/** Operators' requests at a steady pace, and how long each was under way. */
final class LoadClients implements AutoCloseable {

    /** Kinds of requests. */
    enum Kind {
        READ, PAGE, WRITE
    }

    private static final int CLIENTS = 4;
    /** Of each client, so 80 requests a second. */
    private static final Duration PACE = Duration.ofMillis(50);
    /** Requests, of all kinds. */
    private static final int ROUND = 16;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final LoadFleet fleet;
    private final URI base;
    private final InstantSource clock;
    private final AccessToken token;
    private final HttpClient client;
    private final Map<Kind, List<Double>> millis = new EnumMap<>(Kind.class);
    private int refused;

    LoadClients(LoadFleet fleet, URI base, AccessToken token, InstantSource clock) {
        this.fleet = requireNonNull(fleet, "fleet is null");
        this.base = requireNonNull(base, "base is null");
        this.token = requireNonNull(token, "token is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT)
                .sslContext(new PinnedCa(token.authority()).context()).build();
        for (Kind kind : Kind.values()) {
            millis.put(kind, new ArrayList<>());
        }
    }

    /** Goes on until it is over, and each client has asked for everything once; forgets what was before. */
    void run(BooleanSupplier isOver) {
        synchronized (this) {
            millis.values().forEach(List::clear);
            refused = 0;
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> requests(number, isOver)));
        }
        threads.forEach(LoadClients::join);
    }

    synchronized Sample sample(Kind kind) {
        return Sample.of(millis.get(kind));
    }

    synchronized int requests() {
        return millis.values().stream().mapToInt(List::size).sum();
    }

    synchronized int refused() {
        return refused;
    }

    private void requests(int number, BooleanSupplier isOver) {
        SplittableRandom random = new SplittableRandom(number);
        Instant next = clock.instant();
        for (int i = 0; i < ROUND || !isOver.getAsBoolean(); i++) {
            String site = "load-" + number + "-" + i / ROUND;
            switch (i % ROUND) {
                case 0 -> ask(Kind.WRITE, request("/v1/sites").header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"name\":\"" + site + "\"}")));
                case 1 -> ask(Kind.WRITE, request("/v1/sites/" + site).DELETE());
                case 2 -> ask(Kind.PAGE, request("/v1/vms?limit=100"));
                case 3 -> ask(Kind.PAGE, request("/v1/hosts?limit=100"));
                case 4 -> ask(Kind.PAGE, request("/v1/migrations?limit=100"));
                default -> ask(Kind.READ, request(random.nextBoolean()
                        ? "/v1/hosts/" + fleet.host(random.nextInt(fleet.hosts()))
                        : "/v1/vms/" + fleet.vm(random.nextInt(fleet.vms()))));
            }
            Instant now = clock.instant();
            next = next.plus(PACE);
            if (next.isAfter(now)) {
                LockSupport.parkNanos(Duration.between(now, next).toNanos());
            } else {
                next = now;
            }
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(LIMIT).header("Authorization",
                "Bearer " + token.text());
    }

    private void ask(Kind kind, HttpRequest.Builder request) {
        Instant before = clock.instant();
        HttpResponse<String> response = send(request.build());
        double took = Duration.between(before, clock.instant()).toNanos() / 1e6;
        synchronized (this) {
            millis.get(kind).add(took);
            refused += response.statusCode() / 100 == 2 ? 0 : 1;
        }
    }

    /** Any other request. @throws LabException when it is not answered */
    HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new LabException(request + " was not answered: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    /** Begins a migration. @return its path, or empty text when it was refused */
    String migrate(int vm, int target) {
        HttpResponse<String> response = send(request("/v1/migrations").header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"vm\":\"%s\",\"target\":\"%s\"}".formatted(fleet.vm(vm),
                        fleet.host(target))))
                .build());
        return response.headers().firstValue("Location").orElse("");
    }

    String get(String path) {
        return send(request(path).build()).body();
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
