package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.mcs.rest.Answers;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.rest.RestJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages, versions, creations that are asked for twice, and events: what holds for every resource alike. */
class RestSemanticsTest {

    private static final String KEY = "4f9f3f8e-5f44-4c0c-9d39-8d9f43f2a001";

    @TempDir
    Path folder;

    private McsServer server;

    private Admin admin;

    /** Of the server that runs now. */
    private Admin admin() {
        if (admin == null || admin.port() != server.restPort()) {
            admin = Admin.of(folder.resolve("data"), server.restPort());
        }
        return admin;
    }

    @BeforeEach
    void start() {
        Endpoint any = Endpoint.of("[::1]:0");
        server = new McsServer(
                new McsConfiguration(folder.resolve("data"), List.of(), any, any, any, any, Optional.empty(),
                        Endpoint.ipv6("2001:db8:c::1"), SitePrefix.of("2001:db8:face::/64"), List.of(),
                        RegistrationPolicy.CHECKED, ConcurrencyLimits.DEFAULT, StepLimits.DEFAULT),
                InstantSource.system(), System::nanoTime, () -> {});
    }

    @AfterEach
    void stop() {
        server.close();
    }

    // ---- pages ----

    @Test
    void pagesFollowEachOtherToTheEnd() throws Exception {
        for (String name : List.of("c", "a", "e", "b", "d")) {
            addSite(name);
        }
        List<String> names = new ArrayList<>();
        Optional<String> page = Optional.of("/v1/sites?limit=2");
        int pages = 0;
        while (page.isPresent()) {
            HttpResponse<String> response = send("GET", page.get(), "");
            tree(response).path("items").forEach(item -> names.add(item.path("name").asText()));
            page = response.headers().firstValue("Link").map(RestSemanticsTest::next);
            pages++;
        }
        assertThat(names).containsExactly("a", "b", "c", "d", "e");
        assertThat(pages).isEqualTo(3);
        assertThat(send("GET", "/v1/sites?limit=5", "").headers().firstValue("Link")).as("the last page").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"sites?limit=0, limit", "sites?limit=1001, limit", "sites?limit=x, limit", "sites?cursor=*, cursor",
            "hosts?site=No+name, site", "migrations?phase=FLYING, phase", "migrations?outcome=fine, outcome",
            "events?kind=nothing, kind", "events?cursor=eA, cursor" })
    void aParameterThatMeansNothingIsNamed(String query, String field) throws Exception {
        HttpResponse<String> response = send("GET", "/v1/" + query, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(tree(response).path("field").asText()).isEqualTo(field);
    }

    // ---- versions ----

    @Test
    void whatSomebodyElseHasChangedIsNotChanged() throws Exception {
        addSite("a");
        String gateway = """
                {"site":"a","link_local":"fe80::a1","mac":"02:00:00:00:00:a1","prefix":"2001:db8:a::/64"}""";
        send("POST", "/v1/gateways", gateway);
        String seen = etag("/v1/gateways/a");
        HttpResponse<String> replaced = send("PUT", "/v1/gateways/a", gateway.replace("a1\",\"prefix", "a2\",\"prefix"),
                "If-Match", seen);
        assertThat(replaced.statusCode()).as(replaced.body()).isEqualTo(200);
        assertThat(tree(replaced).path("mac").asText()).isEqualTo("02:00:00:00:00:a2");
        assertThat(replaced.headers().firstValue("ETag")).get().isNotEqualTo(seen);

        HttpResponse<String> late = send("PUT", "/v1/gateways/a", gateway, "If-Match", seen);
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(tree(late).path("field").asText()).isEqualTo("If-Match");
        assertThat(send("DELETE", "/v1/gateways/a", "", "If-Match", seen).statusCode()).isEqualTo(412);
        assertThat(send("DELETE", "/v1/gateways/a", "", "If-Match", "17").statusCode()).as("no tag").isEqualTo(400);
        String now = etag("/v1/gateways/a");
        assertThat(send("DELETE", "/v1/gateways/a", "", "If-Match", "\"0\", " + now).statusCode()).isEqualTo(204);
        assertThat(send("DELETE", "/v1/sites/a", "", "If-Match", "*").statusCode()).isEqualTo(204);
        assertThat(send("PUT", "/v1/gateways/a", gateway).statusCode()).isEqualTo(404);
    }

    @Test
    void whatWasMadeAnewIsNotWhatWasSeen() throws Exception {
        addSite("a");
        String seen = etag("/v1/sites/a");
        send("DELETE", "/v1/sites/a", "");
        addSite("a");
        assertThat(send("DELETE", "/v1/sites/a", "", "If-Match", seen).statusCode()).isEqualTo(412);
    }

    // ---- the same request twice ----

    @Test
    void aCreationThatIsAskedForTwiceIsDoneOnce() throws Exception {
        addSite("a");
        String host = "{\"name\":\"a-1\",\"site\":\"a\"}";
        HttpResponse<String> first = send("POST", "/v1/hosts", host, "Idempotency-Key", KEY);
        HttpResponse<String> second = send("POST", "/v1/hosts", host, "Idempotency-Key", KEY);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).as("the token, too").isEqualTo(first.body());
        assertThat(second.headers().firstValue("Location")).isEqualTo(first.headers().firstValue("Location"));
        assertThat(second.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();

        HttpResponse<String> other = send("POST", "/v1/hosts", host.replace("a-1", "a-2"), "Idempotency-Key", KEY);
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(tree(other).path("field").asText()).isEqualTo("Idempotency-Key");
        assertThat(send("POST", "/v1/sites", "{\"name\":\"b\"}", "Idempotency-Key", KEY).statusCode())
                .as("keys belong to a collection").isEqualTo(201);
        assertThat(send("POST", "/v1/sites", "{\"name\":\"c\"}", "Idempotency-Key", "short").statusCode())
                .isEqualTo(400);
    }

    /** Its files are looked at when the server is closed: while it runs, those of the audit are renamed. */
    @Test
    void neitherATokenNorTheKeyOfItsCreationIsKept() throws Exception {
        addSite("a");
        String host = "{\"name\":\"a-1\",\"site\":\"a\"}";
        String token = tree(send("POST", "/v1/hosts", host, "Idempotency-Key", KEY)).path("token").asText();
        assertThat(token).isNotEmpty();
        server.close();
        try (var files = Files.list(folder.resolve("data"))) {
            assertThat(files).isNotEmpty().allSatisfy(
                    file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(token, KEY));
        }
    }

    @Test
    void whatWasRefusedMayBeTriedAgain() throws Exception {
        String host = "{\"name\":\"a-1\",\"site\":\"a\"}";
        assertThat(send("POST", "/v1/hosts", host, "Idempotency-Key", KEY).statusCode()).isEqualTo(404);
        addSite("a");
        assertThat(send("POST", "/v1/hosts", host, "Idempotency-Key", KEY).statusCode()).isEqualTo(201);
    }

    // ---- events ----

    @Test
    void whatHasHappenedIsListedNewestFirst() throws Exception {
        addSite("a");
        addSite("b");
        send("DELETE", "/v1/sites/a", "");
        JsonNode items = tree(send("GET", "/v1/events", "")).path("items");
        assertThat(items.findValuesAsText("kind")).containsExactly("site.removed", "site.added", "site.added");
        assertThat(items.findValuesAsText("subject")).containsExactly("a", "b", "a");
        HttpResponse<String> page = send("GET", "/v1/events?limit=1&kind=site.added", "");
        assertThat(tree(page).findValuesAsText("subject")).containsExactly("b");
        assertThat(tree(send("GET", next(page.headers().firstValue("Link").orElseThrow()), ""))
                .findValuesAsText("subject")).containsExactly("a");
        assertThat(tree(send("GET", "/v1/events?subject=b", "")).findValuesAsText("kind"))
                .containsExactly("site.added");
    }

    @Test
    void aStreamBeginsNowAndGoesOnWhereItStopped() throws Exception {
        addSite("a");
        String last;
        try (EventReader stream = new EventReader(admin(), "/v1/events")) {
            addSite("b");
            Map<String, String> event = stream.next();
            assertThat(event).containsEntry("event", "site.added");
            assertThat(RestJson.strict().readTree(event.get("data")).path("subject").asText()).isEqualTo("b");
            last = event.get("id");
        }
        addSite("c");
        addSite("d");
        try (EventReader stream = new EventReader(admin(), "/v1/events", "Last-Event-ID", last)) {
            assertThat(stream.next().get("data")).contains("\"c\"");
            assertThat(stream.next().get("data")).contains("\"d\"");
        }
        try (EventReader stream = new EventReader(admin(), "/v1/events?after=0&subject=c")) {
            assertThat(stream.next().get("data")).contains("\"c\"");
        }
        try (EventReader stream = new EventReader(admin(), "/v1/events?after=x")) {
            assertThat(stream.status()).isEqualTo(400);
        }
    }

    private void addSite(String name) throws Exception {
        assertThat(send("POST", "/v1/sites", "{\"name\":\"" + name + "\"}").statusCode()).isEqualTo(201);
    }

    private String etag(String path) throws Exception {
        return send("GET", path, "").headers().firstValue("ETag").orElseThrow();
    }

    private static String next(String link) {
        Matcher matcher = Pattern.compile("<(.*)>; rel=\"next\"").matcher(link);
        assertThat(matcher.matches()).as(link).isTrue();
        return matcher.group(1);
    }

    private static JsonNode tree(HttpResponse<String> response) throws Exception {
        return RestJson.strict().readTree(response.body());
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = admin().request(path)
                .method(method, BodyPublishers.ofString(body));
        HttpResponse<String> response = admin().http().send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                BodyHandlers.ofString());
        Answers.check(response);
        return response;
    }
}
