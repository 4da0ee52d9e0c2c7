package org.godwit.operation.status;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.godwit.operation.metrics.Metrics;

/**
 * {@code /metrics}, {@code /livez} and {@code /readyz} on a port of their own, in plain HTTP and without tokens: nothing here
 * is secret, and nothing can be changed. It has its own threads, so that it answers when the program proper does not.
 *
 * <p>{@code /livez} is about the process: when it fails, a restart may help. {@code /readyz} is also about what the process
 * needs; a restart of this process does not help there.
 */
public final class StatusServer implements AutoCloseable {

    /** For one check; a disk that hangs must not hang who asks after it. */
    private static final Duration CHECK_TIME_MAX = Duration.ofSeconds(2);
    private static final int BACKLOG = 16;
    private static final int PORT_MAX = 65_535;
    private static final Pattern ADDRESS = Pattern.compile("\\[(?<address>[^\\]]+)]:(?<port>[0-9]{1,5})");
    private static final Set<String> METHODS = Set.of("GET", "HEAD");
    private static final String TEXT = "text/plain; charset=utf-8";

    private record Page(int status, String type, byte[] body) {

        static Page text(int status, String body) {
            return new Page(status, TEXT, body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private interface Content {
        Page now();
    }

    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("status-", 0).factory());
    private final HttpServer server;

    private StatusServer(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
    }

    /**
     * Listens, and returns when it does.
     *
     * @param alive what only a restart mends
     * @param ready what is asked for beyond that
     * @throws UncheckedIOException when the address cannot be had
     */
    public static StatusServer start(InetSocketAddress address, Metrics metrics, List<Check> alive, List<Check> ready) {
        try {
            StatusServer status = new StatusServer(HttpServer.create(address, BACKLOG));
            List<Check> all = Stream.concat(alive.stream(), ready.stream()).toList();
            status.serve("/", () -> Page.text(404, "there are /metrics, /livez and /readyz\n"));
            status.serve("/metrics", () -> new Page(200, Metrics.CONTENT_TYPE, metrics.text()));
            status.serve("/livez", () -> status.answer(alive));
            status.serve("/readyz", () -> status.answer(all));
            status.server.start();
            return status;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen at " + address + " for the setting \"status\"", e);
        }
    }

    /**
     * Where to listen, read from {@code [::1]:8444}.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static InetSocketAddress address(String text) {
        Matcher parts = ADDRESS.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group("port")) > PORT_MAX) {
            throw new IllegalArgumentException(
                    "an address with a port looks like [::1]:8444, got \"" + text + "\"");
        }
        return new InetSocketAddress(InetAddress.ofLiteral(parts.group("address")),
                Integer.parseInt(parts.group("port")));
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void serve(String path, Content content) {
        server.createContext(path, exchange -> {
            try (exchange) {
                boolean known = path.equals("/") || exchange.getRequestURI().getPath().equals(path);
                send(exchange, !METHODS.contains(exchange.getRequestMethod())
                        ? Page.text(405, "here one can only look\n")
                        : known ? content.now() : Page.text(404, "there is nothing below " + path + "\n"));
            }
        });
    }

    private static void send(HttpExchange exchange, Page page) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", page.type());
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(page.status(), head ? -1 : page.body().length);
        if (!head) {
            exchange.getResponseBody().write(page.body());
        }
    }

    private Page answer(List<Check> checks) {
        StringBuilder lines = new StringBuilder();
        boolean well = true;
        for (Check check : checks) {
            Optional<String> problem = inTime(check);
            well &= problem.isEmpty();
            lines.append(check.name()).append(": ").append(problem.orElse("ok")).append('\n');
        }
        return Page.text(well ? 200 : 503, lines.isEmpty() ? "ok\n" : lines.toString());
    }

    private Optional<String> inTime(Check check) {
        CompletableFuture<Optional<String>> answer = CompletableFuture.supplyAsync(check::ask, threads);
        try {
            return answer.get(CHECK_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return Optional.of("does not answer within " + CHECK_TIME_MAX.toSeconds() + " s");
        } catch (ExecutionException e) {
            return Optional.of("cannot be asked: " + e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.of("is not asked: the program ends");
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
