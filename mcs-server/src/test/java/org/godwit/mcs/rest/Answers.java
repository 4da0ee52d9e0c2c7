package org.godwit.mcs.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.godwit.protocol.rest.RestJson;

/** Compares what a server really answers with what {@code openapi.yaml} says of it. */
public final class Answers {

    private static final String DOCUMENT = "classpath:org/godwit/mcs/rest/openapi.yaml#";
    private static final JsonNode CONTRACT = Contract.document();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private static final SchemaValidatorsConfig STRICT = SchemaValidatorsConfig.builder()
            .formatAssertionsEnabled(true).build();

    private Answers() {}

    /** Status, media type, required headers and body. What is no operation of the document must be refused. */
    public static void check(HttpResponse<String> response) {
        String method = response.request().method().toLowerCase(Locale.ROOT);
        URI uri = response.request().uri();
        String as = response.request().method() + " " + uri.getPath() + " " + response.statusCode() + " "
                + response.body();
        Optional<String> path = template(uri.getPath());
        JsonNode operation = path.map(it -> CONTRACT.at(pointer("paths", it, method)))
                .orElse(CONTRACT.path("nothing"));
        if (operation.isMissingNode()) {
            assertThat(response.statusCode()).as(as).isIn(404, 405);
            assertBody(pointer("components", "responses", "Failed"), response, as);
            return;
        }
        String said = String.valueOf(response.statusCode());
        boolean general = List.of(400, 401, 403, 413).contains(response.statusCode()) || response.statusCode() >= 500;
        String status = general && !operation.path("responses").has(said) ? "default" : said;
        assertThat(operation.path("responses").has(status)).as("is this status foreseen? " + as).isTrue();
        String place = follow(pointer("paths", path.orElseThrow(), method, "responses", status));
        CONTRACT.at(place).path("headers").properties().forEach(header -> {
            JsonNode schema = CONTRACT.at(follow(place + pointer("headers", header.getKey())));
            if (schema.path("required").asBoolean()) {
                assertThat(response.headers().firstValue(header.getKey())).as(header.getKey() + " of " + as)
                        .isPresent();
            }
        });
        assertBody(place, response, as);
    }

    private static void assertBody(String place, HttpResponse<String> response, String as) {
        JsonNode content = CONTRACT.at(place).path("content");
        if (content.isMissingNode()) {
            assertThat(response.body()).as(as).isEmpty();
            return;
        }
        String type = response.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", "");
        assertThat(content.has(type)).as("media type " + type + " of " + as).isTrue();
        if (type.endsWith("json")) {
            assertValid(place + pointer("content", type, "schema"), response.body(), as);
        }
    }

    private static void assertValid(String place, String body, String as) {
        try {
            assertThat(SCHEMAS.getSchema(SchemaLocation.of(DOCUMENT + place), STRICT)
                    .validate(RestJson.strict().readTree(body))).as(as).isEmpty();
        } catch (JsonProcessingException e) {
            throw new AssertionError(as, e);
        }
    }

    private static Optional<String> template(String path) {
        List<String> fitting = new ArrayList<>();
        CONTRACT.path("paths").fieldNames().forEachRemaining(template -> {
            if (path.matches(template.replace(".", "\\.").replaceAll("\\{\\w+}", "[^/]+"))) {
                fitting.add(template);
            }
        });
        return fitting.stream().findFirst();
    }

    private static String follow(String pointer) {
        JsonNode reference = CONTRACT.at(pointer).path("$ref");
        return reference.isMissingNode() ? pointer : reference.asText().substring(1);
    }

    /** RFC 6901. */
    static String pointer(String... parts) {
        StringBuilder pointer = new StringBuilder();
        for (String part : parts) {
            pointer.append('/').append(part.replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }
}
