package org.godwit.mcs.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.godwit.mcs.identity.ServerTls;
import org.godwit.protocol.rest.RestJson;

/** A port that speaks HTTP. Requests are answered on virtual threads: they wait for the disk and for agents. */
public final class HttpListener implements AutoCloseable {

    private static final long CLOSE_SECONDS_MAX = 2;

    private final ExecutorService threads;
    private final HttpServer server;

    private HttpListener(Vertx vertx, InetSocketAddress address, HttpServerOptions options, String name,
            Function<Executor, Router> routes, Consumer<String> refused) {
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
        this.server = vertx.createHttpServer(options).requestHandler(routes.apply(threads))
                .exceptionHandler(problem -> refused.accept(ServerTls.whyRefused(problem)))
                .listen(address.getPort(), address.getHostString()).toCompletionStage().toCompletableFuture().join();
    }

    /**
     * Listens, and returns when it does.
     *
     * @param options what it speaks: plain text, or TLS
     * @param name of its threads
     * @param routes made with the threads on which answers may block
     * @param refused hears why a connection did not come to be, such as for its certificate
     */
    public static HttpListener start(Vertx vertx, InetSocketAddress address, HttpServerOptions options, String name,
            Function<Executor, Router> routes, Consumer<String> refused) {
        return new HttpListener(vertx, address, options, name, routes, refused);
    }

    public int port() {
        return server.actualPort();
    }

    /** A value as the REST API writes it. */
    public static Buffer json(Object body) {
        try {
            return Buffer.buffer(RestJson.strict().writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(body.getClass() + " cannot be written", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        // orTimeout: a client that does not hang up must not hold up the shutdown
        server.close().toCompletionStage().toCompletableFuture().orTimeout(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(_ -> null).join();
    }
}
