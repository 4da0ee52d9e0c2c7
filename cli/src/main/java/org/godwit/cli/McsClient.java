package org.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.rest.RestJson;

/** The REST API of the MCS. Every failure is a {@link CommandFailure} with the exit status that it deserves. */
final class McsClient implements AutoCloseable {

    /** With the handshake, which a busy machine may take seconds for. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration READ_LIMIT = Duration.ofSeconds(15);
    // Registering a VM asks its hypervisor and its guest before the answer comes.
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(60);
    /** Three of the server's signs of life in a stream of events. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(45);
    private static final long BODY_BYTES_MAX = 16L << 20;
    private static final int PROBLEM_BYTES_MAX = 64 << 10;
    private static final Pattern NEXT = Pattern.compile("<(/[^>]*)>; rel=\"next\"");

    private final URI server;
    private final HttpClient http;
    private final Optional<String> token;
    /** Whose certificates to believe. */
    private final boolean isTold;

    /**
     * @param server without a path, for example {@code https://[::1]:8440}
     * @throws CommandFailure when a token would be told to the whole way to the server
     */
    McsClient(URI server, Access access) {
        if (access.token().isPresent() && server.getScheme().equals("http") && !isThisMachine(server.getHost())) {
            throw new CommandFailure(ExitStatus.BAD_USAGE, "the token is not told to " + server
                    + ", since anybody on the way could read it: use https, or no token");
        }
        this.server = server;
        this.token = access.token();
        this.isTold = access.trust().isPresent();
        // HTTP/1.1: an attempt to upgrade to HTTP/2 in plain text buys nothing here.
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_LIMIT);
        access.trust().ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    private static boolean isThisMachine(String host) {
        try {
            return host.equals("localhost")
                    || InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException _) {
            // A name, which says nothing about where it leads.
            return false;
        }
    }

    /** Whose certificates the token says that the server must have; empty when it does not say. */
    Optional<CaFingerprint> authority() {
        return token.flatMap(Access::pinned).map(AccessToken::authority);
    }

    JsonNode get(String path) {
        return send(request(path, READ_LIMIT).GET().build());
    }

    /** @return empty when there is no such resource */
    Optional<JsonNode> find(String path) {
        HttpResponse<String> response = exchange(request(path, READ_LIMIT).GET().build());
        return response.statusCode() == 404 ? Optional.empty() : Optional.of(body(response));
    }

    JsonNode post(String path, Object body) {
        return send(request(path, WRITE_LIMIT).header("Content-Type", "application/json").POST(json(body)).build());
    }

    /** Every page of a list, as one. */
    JsonNode list(String path) {
        JsonNode whole = MissingNode.getInstance();
        Optional<String> next = Optional.of(path);
        while (next.isPresent()) {
            HttpResponse<String> response = exchange(request(next.get(), READ_LIMIT).GET().build());
            JsonNode page = body(response);
            if (whole.path("items") instanceof ArrayNode items && page.path("items").isArray()) {
                page.path("items").forEach(items::add);
            } else {
                whole = page;
            }
            next = response.headers().firstValue("Link").map(NEXT::matcher).filter(Matcher::matches)
                    .map(link -> link.group(1));
        }
        return whole;
    }

    /** The query part of a path; empty when nothing is to be said. */
    static String query(Map<String, String> parameters) {
        String query = parameters.entrySet().stream().filter(it -> it.getValue() != null)
                .map(it -> it.getKey() + "=" + segment(it.getValue())).collect(Collectors.joining("&"));
        return query.isEmpty() ? "" : "?" + query;
    }

    /**
     * A stream of events: its lines as they come, from after the one numbered so.
     *
     * @param after null to begin where the server begins by itself
     * @throws CommandFailure when it is refused, or cannot be had
     */
    Stream<String> events(String path, String after) {
        HttpRequest.Builder request = authorized(HttpRequest.newBuilder(server.resolve(path))).timeout(READ_LIMIT)
                .header("Accept", "text/event-stream");
        if (after != null) {
            request.header("Last-Event-ID", after);
        }
        InputStream body = streamed(request.build()).body();
        return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)).lines().onClose(() -> {
            try {
                body.close();
            } catch (IOException _) {
                // Nobody reads it any more.
            }
        });
    }

    /**
     * What a POST answers, as it comes.
     *
     * @return its headers and its body, to be closed
     */
    HttpResponse<InputStream> download(String path, Duration limit) {
        return streamed(authorized(HttpRequest.newBuilder(server.resolve(path))).timeout(limit)
                .POST(BodyPublishers.noBody()).build());
    }

    private HttpResponse<InputStream> streamed(HttpRequest request) {
        HttpResponse<InputStream> response = exchange(request, _ -> BodySubscribers
                .mapping(BodySubscribers.ofInputStream(), body -> new IdleLimit(body, IDLE_LIMIT)));
        if (response.statusCode() / 100 == 2) {
            return response;
        }
        try (InputStream body = response.body()) {
            throw ProblemSentence.failure(response.statusCode(),
                    new String(body.readNBytes(PROBLEM_BYTES_MAX), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, "the server refused and broke off", e);
        }
    }

    JsonNode put(String path, Object body) {
        return send(request(path, WRITE_LIMIT).header("Content-Type", "application/json").PUT(json(body)).build());
    }

    /** For actions that say everything in their path. */
    JsonNode post(String path) {
        return send(request(path, WRITE_LIMIT).POST(BodyPublishers.noBody()).build());
    }

    JsonNode delete(String path) {
        return send(request(path, WRITE_LIMIT).DELETE().build());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** @param name whatever the operator typed; it stays within its segment of the path */
    static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static <T> T read(JsonNode body, Class<T> type) {
        try {
            return RestJson.lenient().treeToValue(body, type);
        } catch (JsonProcessingException _) {
            throw notUnderstood();
        }
    }

    static CommandFailure notUnderstood() {
        return new CommandFailure(ExitStatus.FAILED,
                "the server's answer was not understood; is it an mcs-server of this version?");
    }

    private HttpRequest.Builder request(String path, Duration limit) {
        return authorized(HttpRequest.newBuilder(server.resolve(path))).timeout(limit).header("Accept",
                "application/json");
    }

    private HttpRequest.Builder authorized(HttpRequest.Builder request) {
        token.ifPresent(it -> request.header("Authorization", "Bearer " + it));
        return request;
    }

    private static BodyPublisher json(Object body) {
        try {
            return BodyPublishers.ofString(RestJson.lenient().writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a request body could not be written", e);
        }
    }

    private JsonNode send(HttpRequest request) {
        return body(exchange(request));
    }

    private static JsonNode body(HttpResponse<String> response) {
        if (response.statusCode() / 100 == 2) {
            try {
                return parse(response.body());
            } catch (JsonProcessingException _) {
                throw notUnderstood();
            }
        }
        throw ProblemSentence.failure(response.statusCode(), response.body());
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        return exchange(request, BodyHandlers.limiting(BodyHandlers.ofString(), BODY_BYTES_MAX));
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new CommandFailure(ExitStatus.UNREACHABLE, "no server answers at " + server
                    + "; is mcs-server running there? (--server or GODWIT_SERVER names another)", e);
        } catch (SSLException e) {
            String whom = isTold
                    ? " is not the one that the token or the CA file is for, or speaks no TLS 1.3: "
                    : " cannot be believed, since neither a token nor a CA file says whom to believe"
                            + " (--auth-file, --ca-file, or a context), or speaks no TLS 1.3: ";
            throw new CommandFailure(ExitStatus.UNREACHABLE, "the server at " + server + whom + innermost(e), e);
        } catch (IOException e) {
            if (request.method().equals("GET")) {
                throw new CommandFailure(ExitStatus.UNREACHABLE, "the server at " + server + " gave no answer", e);
            }
            throw new CommandFailure(ExitStatus.UNCERTAIN, "the server at " + server
                    + " took the request but gave no answer; whether it was carried out is not known: look with list or show",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitStatus.FAILED, "interrupted", e);
        }
    }

    private static String innermost(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }

    /** @return {@link MissingNode} when the body is empty */
    private static JsonNode parse(String body) throws JsonProcessingException {
        return body.isBlank() ? MissingNode.getInstance() : RestJson.lenient().readTree(body);
    }
}
