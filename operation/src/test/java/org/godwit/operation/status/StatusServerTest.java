package org.godwit.operation.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.godwit.operation.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusServerTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private final CountDownLatch thawed = new CountDownLatch(1);
    private volatile Optional<String> disk = Optional.empty();
    private volatile boolean frozen;
    private StatusServer server;

    @BeforeEach
    void start() {
        server = StatusServer.start(StatusServer.address("[::1]:0"), new Metrics().withJvm(),
                List.of(new Check("threads", Optional::empty)),
                List.of(new Check("disk", () -> disk), new Check("pond", this::pond)));
    }

    @AfterEach
    void stop() {
        thawed.countDown();
        server.close();
        client.close();
    }

    @Test
    void everythingIsWell() throws Exception {
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/livez").body()).isEqualTo("threads: ok\n");
        assertThat(get("/readyz").body()).isEqualTo("threads: ok\ndisk: ok\npond: ok\n");
        assertThat(get("/metrics").body()).contains("jvm_");
        assertThat(get("/metrics").headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/plain; version=");
    }

    @Test
    void whatIsNotWellIsSaidAndTheProcessIsAlive() throws Exception {
        disk = Optional.of("is full: delete something");
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).contains("disk: is full: delete something\n", "pond: ok\n");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void aCheckThatHangsOrFailsIsAProblem() throws Exception {
        frozen = true;
        assertThat(get("/readyz").body()).contains("pond: does not answer within 2 s");
        assertThat(new Check("x", () -> {
            throw new IllegalStateException("no");
        }).ask()).hasValueSatisfying(problem -> assertThat(problem).startsWith("cannot be asked"));
    }

    @Test
    void nothingElseIsThere() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/x").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/metrics").statusCode()).isEqualTo(405);
        assertThat(send("HEAD", "/metrics").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8444", "::1:8444", "[::1]:99999", "[localhost]:1" })
    void anAddressIsALiteralWithAPort(String text) {
        assertThatThrownBy(() -> StatusServer.address(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private Optional<String> pond() {
        if (frozen) {
            try {
                thawed.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        return Optional.empty();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path);
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://[::1]:" + server.port() + path))
                .timeout(Duration.ofSeconds(30)).method(method, HttpRequest.BodyPublishers.noBody()).build(),
                BodyHandlers.ofString());
    }
}
