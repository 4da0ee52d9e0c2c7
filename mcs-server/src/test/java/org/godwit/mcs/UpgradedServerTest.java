package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.mcs.store.SchemaDump;
import org.godwit.model.SitePrefix;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Today's server on the database that an older one has left. */
class UpgradedServerTest {

    private static final Pattern MIGRATION = Pattern.compile("\"id\":\"([0-9a-f-]{36})\"");

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("org.godwit.mcs.store.UpgradeTest#kept")
    void allThatItHasIsServed(Path dump) throws Exception {
        SchemaDump.load(dump, folder.resolve("mcs.db"));
        try (McsServer server = server()) {
            Admin admin = Admin.of(folder, server.restPort());
            for (String resources : List.of("sites", "gateways", "hosts", "vms", "peers", "bindings", "events",
                    "tokens",
                    "audit")) {
                assertThat(get(admin, resources)).as(resources).contains("\"items\":[{");
            }
            assertThat(get(admin, "vms/vm1")).contains("\"host\":\"host-a\"",
                    "\"moa\":\"2001:db8:a:0:5054:ff:fe00:101\"");
            Matcher migrations = MIGRATION.matcher(get(admin, "migrations"));
            for (int i = 0; i < 3; i++) {
                assertThat(migrations.find()).as("three of them").isTrue();
                String path = "migrations/" + migrations.group(1);
                assertThat(get(admin, path)).contains("\"phases\":[{");
                assertThat(get(admin, path + "/report")).contains(migrations.group(1));
            }
        }
    }

    private McsServer server() {
        Endpoint any = Endpoint.of("[::1]:0");
        return new McsServer(
                new McsConfiguration(folder, List.of(), any, any, any, any, Optional.empty(),
                        Endpoint.ipv6("2001:db8:c::1"), SitePrefix.of("2001:db8:face::/64"), List.of(),
                        RegistrationPolicy.CHECKED, ConcurrencyLimits.DEFAULT, StepLimits.DEFAULT),
                InstantSource.system(), System::nanoTime, () -> {});
    }

    private static String get(Admin admin, String resource) throws IOException, InterruptedException {
        HttpResponse<String> response = admin.http().send(admin.request("/v1/" + resource).build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(resource + ": " + response.body()).isEqualTo(200);
        return response.body();
    }
}
