package org.godwit.mcs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.PinnedCa;

/** Somebody with a token, such as the one that a server makes at its first start. */
record Admin(AccessToken token, int port, HttpClient http) {

    static Admin of(Path data, int port) {
        try {
            return with(Files.readString(data.resolve("admin.token")).strip(), port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Admin with(String token, int port) {
        AccessToken parsed = AccessToken.parse(token);
        return new Admin(parsed, port,
                HttpClient.newBuilder().sslContext(new PinnedCa(parsed.authority()).context()).build());
    }

    HttpRequest.Builder request(String path) {
        return withoutToken(path).header("Authorization", "Bearer " + token.text());
    }

    HttpRequest.Builder withoutToken(String path) {
        return HttpRequest.newBuilder(URI.create("https://[::1]:" + port + path));
    }
}
