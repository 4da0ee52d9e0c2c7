package org.godwit.mcs.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.godwit.mcs.http.HttpListener;
import org.godwit.protocol.rest.Resources.Problem;

/**
 * What a request is answered with.
 *
 * @param body a {@link Buffer} is sent as it is, a {@link Streamed} writes itself, null is no body, anything else is written
 *        as JSON
 */
record Reply(int status, Object body, Map<String, String> headers) {

    Reply {
        headers = Map.copyOf(headers);
    }

    /** An answer without an end that would be known yet. */
    interface Streamed {
        void begin(HttpServerResponse response);
    }

    static Reply stream(Streamed stream) {
        return ok(stream);
    }

    static Reply ok(Object body) {
        return new Reply(200, body, Map.of());
    }

    static Reply file(String mediaType, Buffer content) {
        return ok(content).with("Content-Type", mediaType);
    }

    static Reply created(Object body, String location) {
        return new Reply(201, body, Map.of("Location", location));
    }

    static Reply accepted(Object body, String location) {
        return new Reply(202, body, Map.of("Location", location));
    }

    static Reply noContent() {
        return new Reply(204, null, Map.of());
    }

    static Reply of(Problem problem) {
        return new Reply(problem.status(), problem, Map.of());
    }

    Reply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Reply(status, body, more);
    }

    String mediaType() {
        return headers.getOrDefault("Content-Type",
                body instanceof Problem ? "application/problem+json" : "application/json");
    }

    Buffer bytes() {
        return body instanceof Buffer buffer ? buffer : HttpListener.json(body);
    }
}
