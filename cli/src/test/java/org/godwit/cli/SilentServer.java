package org.godwit.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Sends one byte of a body and says nothing any more. */
final class SilentServer implements AutoCloseable {

    private final HttpServer http;
    private final HttpClient client = HttpClient.newHttpClient();

    SilentServer() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
        });
        http.start();
    }

    InputStream body() throws IOException {
        try {
            return client
                    .send(HttpRequest.newBuilder(URI.create("http://[::1]:" + http.getAddress().getPort())).build(),
                            BodyHandlers.ofInputStream())
                    .body();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        http.stop(0);
    }
}
