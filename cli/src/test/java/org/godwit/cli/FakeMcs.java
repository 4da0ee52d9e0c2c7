package org.godwit.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that answers what it was told to, in turn; the last answer is repeated. */
final class FakeMcs implements AutoCloseable {

    private final HttpServer http;
    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> lastEventIds = new CopyOnWriteArrayList<>();
    private volatile String authorization;

    /** @param before what happens when the request comes, ahead of the answer */
    record Answer(int status, String body, Runnable before, Map<String, String> headers) {

        static Answer of(int status, String body) {
            return new Answer(status, body, () -> {}, Map.of());
        }

        Answer when(Runnable happening) {
            return new Answer(status, body, happening, headers);
        }

        /** There is another page. */
        Answer followedBy(String path) {
            return with("Link", "<" + path + ">; rel=\"next\"");
        }

        Answer with(String header, String value) {
            return new Answer(status, body, before, Map.of(header, value));
        }
    }

    FakeMcs() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/", this::handle);
        http.start();
    }

    /** @param request such as {@code GET /v1/sites} */
    FakeMcs on(String request, Answer... inTurn) {
        synchronized (answers) {
            answers.put(request, new ArrayDeque<>(List.of(inTurn)));
        }
        return this;
    }

    FakeMcs on(String request, String body) {
        return on(request, Answer.of(200, body));
    }

    /** What came, such as {@code POST /v1/sites {"name":"a"}}. */
    List<String> requests() {
        return requests;
    }

    /** Of requests for streams, in order; {@code -} for none. */
    List<String> lastEventIds() {
        return lastEventIds;
    }

    String lastAuthorization() {
        return authorization;
    }

    String address() {
        return "http://[::1]:" + http.getAddress().getPort();
    }

    @Override
    public void close() {
        http.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add((request + " " + body).strip());
            authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if ("text/event-stream".equals(exchange.getRequestHeaders().getFirst("Accept"))) {
                lastEventIds.add(exchange.getRequestHeaders().containsKey("Last-Event-ID")
                        ? exchange.getRequestHeaders().getFirst("Last-Event-ID")
                        : "-");
            }
            Answer answer = next(request);
            answer.before().run();
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            answer.headers().forEach(exchange.getResponseHeaders()::add);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Answer next(String request) {
        synchronized (answers) {
            Deque<Answer> inTurn = answers.get(request);
            if (inTurn == null) {
                return Answer.of(404, "{\"title\": \"Not Found\", \"status\": 404, \"detail\": \"nothing at " + request
                        + "\"}");
            }
            return inTurn.size() > 1 ? inTurn.poll() : inTurn.peek();
        }
    }
}
