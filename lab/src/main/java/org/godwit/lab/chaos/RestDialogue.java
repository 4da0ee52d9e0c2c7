package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.godwit.lab.LabException;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.PinnedCa;
import org.godwit.protocol.rest.RestJson;

/** Requests to a server that may die while it answers. */
final class RestDialogue implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    static final int NOT_FOUND = 404;

    private final URI base;
    private final AccessToken token;
    private final HttpClient client;

    RestDialogue(URI base, AccessToken token) {
        this.base = requireNonNull(base, "base is null");
        this.token = requireNonNull(token, "token is null");
        this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT)
                .sslContext(new PinnedCa(token.authority()).context()).build();
    }

    /** @param fields of the body, as text */
    record Answer(int status, Map<String, String> fields) {

        Answer {
            fields = Map.copyOf(fields);
        }

        boolean isGood() {
            return status / 100 == 2;
        }
    }

    /** @throws IOException when the server does not answer any more, and may or may not have done it */
    Answer post(String path, Map<String, String> body) throws IOException {
        return ask(request(path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(RestJson.strict().writeValueAsString(body))).build());
    }

    /** @throws IOException as above */
    Answer delete(String path) throws IOException {
        return ask(request(path).DELETE().build());
    }

    /** @throws IOException as above */
    Answer get(String path) throws IOException {
        return ask(request(path).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(LIMIT).header("Authorization",
                "Bearer " + token.text());
    }

    private Answer ask(HttpRequest request) throws IOException {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            Map<String, String> fields = new HashMap<>();
            if (!response.body().isEmpty()) {
                for (Map.Entry<String, JsonNode> field : RestJson.lenient().readTree(response.body()).properties()) {
                    fields.put(field.getKey(), field.getValue().asText());
                }
            }
            return new Answer(response.statusCode(), fields);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while a server was asked", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
