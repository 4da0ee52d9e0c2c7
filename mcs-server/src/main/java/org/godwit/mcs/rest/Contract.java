package org.godwit.mcs.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.runner.RefusedException.Reason;

/** The OpenAPI document of this API, and Swagger UI to read it with. Everything comes from our own class path. */
final class Contract {

    private static final String SWAGGER_VERSION = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
    private static final String SWAGGER = "/META-INF/resources/webjars/swagger-ui/";

    /** Read when it is first asked for, as the page is: a server that starts has other things to do. */
    private static final class Json {

        static final Buffer TEXT = HttpListener.json(document());
    }

    private static final class Page {

        static final Map<String, Reply> PARTS = read(SWAGGER + version() + "/");

        private static Map<String, Reply> read(String swagger) {
            return Map.of( //
                    "page.css", Reply.file("text/css", resource("page.css")),
                    "page.js", Reply.file("text/javascript", resource("page.js")),
                    "swagger-ui.css", Reply.file("text/css", resource(swagger + "swagger-ui.css")),
                    "swagger-ui-bundle.js", Reply.file("text/javascript", resource(swagger + "swagger-ui-bundle.js")));
        }
    }

    Reply yaml(Call call) {
        return Reply.file("application/yaml", resource("openapi.yaml"));
    }

    Reply json(Call call) {
        return Reply.file("application/json", Json.TEXT);
    }

    /** The page may load and ask nothing but this server. */
    Reply page(Call call) {
        return Reply.file("text/html; charset=utf-8", resource("page.html")).with("Content-Security-Policy",
                "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'");
    }

    Reply part(Call call) {
        Reply part = Page.PARTS.get(call.part("file"));
        if (part == null) {
            throw new RefusedException(Reason.UNKNOWN, "the page has no part " + call.part("file"), null);
        }
        return part.with("Cache-Control", "max-age=3600");
    }

    /** The document as a tree. */
    static JsonNode document() {
        try {
            return new YAMLMapper().readTree(resource("openapi.yaml").getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.yaml cannot be read", e);
        }
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = open(SWAGGER_VERSION)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    /** A file beside this class. */
    static Buffer resource(String name) {
        try (InputStream in = open(name)) {
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = Contract.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException(name + " is not on the class path");
        }
        return in;
    }
}
