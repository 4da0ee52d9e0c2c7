package org.godwit.mcs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.ImsAdmin;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.ImsUnreachableException;
import org.godwit.mcs.ims.MappingRefusedException;
import org.godwit.mcs.ims.Write;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminChannelTest {

    private static final HomeAddress HOA = HomeAddress.of("2001:db8:face::1");
    private static final HomeAddress OTHER = HomeAddress.of("2001:db8:face::2");
    private static final MobileAddress MOA = MobileAddress.of("2001:db8:a::1");
    private static final MappingKey KEY = MappingKey.of(new byte[32]);
    private static final Epoch EPOCH = new Epoch(3);
    private static final AdminToken TOKEN = AdminToken.of("0123456789abcdef0123456789abcdef");

    @TempDir
    Path folder;

    private Vertx vertx;
    private Database database;
    private ImsServer ims;
    private HttpListener server;
    private AdminClient client;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        database = Database.open(folder.resolve("data"));
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ims = ImsServer.start(any, new SqliteMappingStore(database), ImsPolicy.DEFAULT,
                new Clocks(InstantSource.system(), System::nanoTime));
        server = AdminServer.start(vertx, any, ims, TOKEN);
        client = client(TOKEN);
    }

    private AdminClient client(AdminToken token) {
        return new AdminClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), token);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        ims.close();
        database.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whatIsToldIsDoneAndHeardOfAgain() throws Exception {
        Enrolment rotating = Enrolment.of(OTHER, KEY).withRegisterNonce(-1).withSuccessor(MappingKey.of(new byte[16]),
                Instant.parse("2030-01-01T00:00:00.5Z"));
        client.adopt(List.of(Enrolment.of(HOA, KEY), rotating));
        client.replaceGateways(List
                .of(new HomeGateway(OTHER, SitePrefix.of("2001:db8:9::/64"), SitePrefix.of("2001:db8:face::/64"))));

        ImsAdmin.Written written = client.write(new Write(Write.Verb.STAGE, HOA, Optional.of(MOA), EPOCH));
        assertThat(written.mapping()).isEqualTo(Mapping.none(HOA).stage(MOA, EPOCH));
        assertThat(written.published().get(20, TimeUnit.SECONDS).complete()).isTrue();
        assertThat(client.write(new Write(Write.Verb.UNSTAGE, HOA, Optional.empty(), EPOCH)).mapping().staged())
                .isEmpty();
        assertThat(client.restore(List.of(
                new ImsAdmin.Restoration(Mapping.none(HOA).activate(MOA, EPOCH.next()), false))))
                .containsExactly(Mapping.none(HOA).activate(MOA, EPOCH.next()));

        ImsAdmin.Rows all = client.list(0);
        assertThat(all.rows()).extracting(ImsAdmin.Row::hoa).containsExactlyInAnyOrder(HOA, OTHER);
        assertThat(all.rows()).filteredOn(row -> row.hoa().equals(OTHER)).first().satisfies(row -> {
            assertThat(row.rotating()).isTrue();
            assertThat(row.registerNonce()).isEqualTo(-1);
            assertThat(row.edition()).isEqualTo(rotating.edition());
        });
        assertThat(all.next()).isEqualTo(ImsAdmin.END);
        assertThat(client.changes(all.boot(), 0).orElseThrow().rows()).extracting(ImsAdmin.Row::mapping)
                .containsExactly(Mapping.none(HOA).activate(MOA, EPOCH.next()));
        assertThat(client.changes(all.boot() + 1, 0)).isEmpty();

        client.forget(HOA).get(20, TimeUnit.SECONDS);
        assertThat(client.list(0).rows()).extracting(ImsAdmin.Row::hoa).containsExactly(OTHER);
    }

    @Test
    void aRefusalComesBackInItsOwnWords() {
        assertThatThrownBy(() -> client.write(new Write(Write.Verb.STAGE, HOA, Optional.of(MOA), EPOCH)))
                .isInstanceOf(MappingRefusedException.class)
                .hasMessage(HOA + " is not enrolled at the mapping server: enrol it with its key first");
    }

    @Test
    void aWrongTokenOpensNothing() {
        try (AdminClient stranger = client(AdminToken.of("f".repeat(64)))) {
            assertThatThrownBy(() -> stranger.list(0)).isInstanceOf(ImsUnreachableException.class)
                    .hasMessageContaining("(401): the administrative token is missing or another one");
            assertThatThrownBy(() -> stranger.adopt(List.of(Enrolment.of(HOA, KEY))))
                    .isInstanceOf(ImsUnreachableException.class);
        }
        assertThat(client.list(0).rows()).isEmpty();
    }

    @Test
    void aServerThatIsGoneIsUnreachable() {
        server.close();
        assertThatThrownBy(() -> client.list(0)).isInstanceOf(ImsUnreachableException.class)
                .hasMessageContaining("gives no answer");
    }

    @Test
    void aTokenIsReadFromItsFileAndNeverShown() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "0123456789abcdef0123456789abcdef\n");
        assertThat(AdminToken.read(file).header()).isEqualTo(TOKEN.header());
        assertThat(TOKEN.toString()).doesNotContain("0123");
        Files.writeString(file, "short");
        assertThatThrownBy(() -> AdminToken.read(file)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 32").hasMessageNotContaining("short\"");
    }
}
