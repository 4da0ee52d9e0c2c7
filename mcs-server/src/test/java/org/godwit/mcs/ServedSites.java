package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.godwit.mcs.rest.Answers;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.mcs.scripted.DiallingAgent;
import org.godwit.mcs.scripted.HostKey;
import org.godwit.mcs.scripted.ScriptedHosts;
import org.godwit.mcs.scripted.Wait;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.rest.Resources;
import org.godwit.protocol.rest.RestJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Stories of a whole server over loopback, with two sites and a scripted host at each: operators come by HTTP, agents by gRPC. */
abstract class ServedSites {

    @TempDir
    Path folder;

    final ScriptedHosts hosts = new ScriptedHosts();
    final List<DiallingAgent> agents = new ArrayList<>();
    final HttpClient http = HttpClient.newHttpClient();
    Vertx vertx;
    McsServer server;

    Admin admin;

    /** Of the server that runs now. */
    Admin admin() {
        if (admin == null || admin.port() != server.restPort()) {
            admin = Admin.of(folder.resolve("data"), server.restPort());
        }
        return admin;
    }

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        server = server();
    }

    @AfterEach
    void stop() {
        agents.forEach(DiallingAgent::close);
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        http.close();
    }

    final List<String> tokens = new ArrayList<>();
    final Map<String, HostKey> keys = new HashMap<>();

    McsServer server() {
        Endpoint any = Endpoint.of("[::1]:0");
        return new McsServer(
                new McsConfiguration(folder.resolve("data"), List.of(), any, any, any, any, Optional.empty(),
                        Endpoint.ipv6("2001:db8:c::1"),
                        SitePrefix.of("2001:db8:face::/64"), List.of(),
                        RegistrationPolicy.CHECKED, ConcurrencyLimits.DEFAULT, StepLimits.DEFAULT),
                InstantSource.system(), System::nanoTime, () -> {});
    }

    /** Two sites with gateway and host, both agents connected. */
    void inventory() throws Exception {
        for (String site : List.of("a", "b")) {
            json(post("sites", "{\"name\":\"" + site + "\"}"), 201);
            json(post("gateways", """
                    {"site":"%s","link_local":"fe80::%s1","mac":"02:00:00:00:00:%s1","prefix":"2001:db8:%s::/64"}"""
                    .formatted(site, site, site, site)), 201);
            String host = "host-" + site;
            JsonNode enrolment = json(post("hosts", "{\"name\":\"" + host + "\",\"site\":\"" + site + "\"}"), 201);
            tokens.add(enrolment.get("token").asText());
            dial(host, tokens.getLast());
        }
        assertThat(get("hosts").body()).doesNotContain("token", "\"connected\":false");
    }

    void dial(String host, String token) {
        HostKey key = keys.computeIfAbsent(token, _ -> HostKey.enrol(vertx, server.agentsPort(), token));
        DiallingAgent agent = new DiallingAgent(vertx, server.agentsPort(), key).serve(host, hosts).hello(host);
        agents.add(agent);
        Wait.until(host + " is connected", () -> {
            try {
                return get("hosts/" + host).body().contains("\"connected\":true");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    void registerVm() throws Exception {
        json(post("vms", """
                {"name":"vm1","hoa":"2001:db8:face::1","host":"host-a"}"""), 201);
    }

    /** vm1 is to go to host-b. @return where its migration is found */
    String depart() throws IOException {
        return post("migrations", """
                {"vm":"vm1","target":"host-b"}""").headers().firstValue("Location").orElseThrow();
    }

    Resources.Migration end(String location) throws Exception {
        Wait.until("migration ends, heard " + hosts.heard(), () -> {
            try {
                return migration(location).tAllMs() != null;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return migration(location);
    }

    Resources.Migration migration(String location) throws IOException {
        return RestJson.strict().readValue(send("GET", location, "").body(), Resources.Migration.class);
    }

    static JsonNode json(HttpResponse<String> response, int status) throws JsonProcessingException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return RestJson.strict().readTree(response.body());
    }

    HttpResponse<String> get(String path) throws IOException {
        return send("GET", "/v1/" + path, "");
    }

    HttpResponse<String> post(String path, String body) throws IOException {
        return send("POST", "/v1/" + path, body);
    }

    HttpResponse<String> delete(String path) throws IOException {
        return send("DELETE", "/v1/" + path, "");
    }

    HttpResponse<String> send(String method, String path, String body) throws IOException {
        HttpRequest request = admin().request(path)
                .method(method, BodyPublishers.ofString(body)).build();
        try {
            HttpResponse<String> response = admin().http().send(request, BodyHandlers.ofString());
            Answers.check(response);
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
