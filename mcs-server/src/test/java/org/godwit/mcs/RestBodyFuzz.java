package org.godwit.mcs;

import com.code_intelligence.jazzer.api.BugDetectors;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.store.Database;
import org.godwit.model.SitePrefix;

/** Bodies of requests of an admin to a real server: the first byte chooses what it asks for, the rest is the body. */
public final class RestBodyFuzz {

    /** Method and path; none that waits for an agent, for there is none. */
    private static final List<String> REQUESTS = List.of("POST /v1/sites", "POST /v1/gateways", "POST /v1/hosts",
            "POST /v1/vms", "POST /v1/peers", "POST /v1/migrations", "PUT /v1/gateways/a", "POST /v1/tokens");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Admin admin;

    private RestBodyFuzz() {}

    static List<byte[]> seeds() {
        return List.of(seed(0, "{\"name\":\"c\"}"),
                seed(1, "{\"site\":\"c\",\"link_local\":\"fe80::c1\",\"mac\":\"02:00:00:00:00:c1\","
                        + "\"prefix\":\"2001:db8:cc::/64\"}"),
                seed(2, "{\"name\":\"host-c\",\"site\":\"a\"}"),
                seed(3, "{\"name\":\"vm2\",\"domain\":\"d\",\"hoa\":\"2001:db8:face::2\",\"host\":\"host-a\"}"),
                seed(4, "{\"name\":\"peer\",\"hoa\":\"2001:db8:face::3\",\"moa\":\"2001:db8:c::3\"}"),
                seed(5, "{\"vm\":\"vm1\",\"target\":\"host-b\"}"),
                seed(6, "{\"site\":\"a\",\"link_local\":\"fe80::a2\",\"mac\":\"02:00:00:00:00:a2\","
                        + "\"prefix\":\"2001:db8:aa::/64\"}"),
                seed(7, "{\"name\":\"alice\",\"role\":\"viewer\",\"days\":30}"), seed(0, "[".repeat(3000)),
                seed(0, "{\"name\":" + "{\"a\":".repeat(2000)),
                seed(0, "{\"name\":1e999999999}"));
    }

    private static byte[] seed(int request, String body) {
        byte[] text = body.getBytes(StandardCharsets.UTF_8);
        byte[] seed = new byte[text.length + 1];
        seed[0] = (byte) request;
        System.arraycopy(text, 0, seed, 1, text.length);
        return seed;
    }

    public static void fuzzerInitialize() throws IOException {
        BugDetectors.allowNetworkConnections();
        Path data = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "fuzz-rest-");
        try (Database database = Database.open(data)) {
            Inventory.fill(database);
        }
        Endpoint any = Endpoint.of("[::1]:0");
        McsServer server = new McsServer(new McsConfiguration(data, List.of(), any, any, any, any, Optional.empty(),
                Endpoint.ipv6("2001:db8:c::1"), SitePrefix.of("2001:db8:face::/64"), List.of(),
                RegistrationPolicy.CHECKED, ConcurrencyLimits.DEFAULT, StepLimits.DEFAULT), InstantSource.system(),
                System::nanoTime,
                () -> {});
        admin = Admin.of(data, server.restPort());
    }

    public static void fuzzerTestOneInput(byte[] bytes) throws IOException, InterruptedException {
        if (bytes.length < 1) {
            return;
        }
        String[] request = REQUESTS.get((bytes[0] & 0xff) % REQUESTS.size()).split(" ");
        HttpRequest asked = admin.request(request[1]).timeout(PATIENCE).header("Content-Type", "application/json")
                .method(request[0], BodyPublishers.ofByteArray(Arrays.copyOfRange(bytes, 1, bytes.length))).build();
        HttpResponse<String> response = admin.http().send(asked, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2 && response.statusCode() / 100 != 4) {
            throw new IllegalStateException(
                    asked.method() + " " + asked.uri().getPath() + " answers " + response.statusCode() + ": "
                            + response.body());
        }
    }
}
