package org.godwit.lab.ims;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.guest.ims.ImsClient;
import org.godwit.lab.process.Processes;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.MappingKey;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else's idea of LISP: tshark reads every frame as the message it is and finds nothing malformed. */
@Tag("netns")
@Timeout(120)
class DissectorTest {

    private static final Path GOLDEN = Path.of("../protocol/src/test/resources/golden/lisp");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final HomeAddress VM = HomeAddress.of("2001:db8:face::1");
    private static final HomeAddress PEER = HomeAddress.of("2001:db8:face::2");
    private static final MobileAddress MOA_A = MobileAddress.of("2001:db8:a::100");
    private static final MobileAddress MOA_B = MobileAddress.of("2001:db8:b::100");
    private static final MobileAddress MOA_C = MobileAddress.of("2001:db8:c::100");

    @TempDir
    Path folder;

    @BeforeAll
    static void thereIsTshark() {
        Tier.NETNS.needs(Processes.isInstalled("tshark") ? "" : "needs this Debian package: tshark");
    }

    @Test
    void everyGoldenFrameIsDissectedAsTheMessageItIs() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(GOLDEN)) {
            files = all.sorted().toList();
        }
        List<byte[]> frames = files.stream().map(DissectorTest::frame).toList();
        assertThat(frames).hasSizeGreaterThanOrEqualTo(9);

        assertThat(typesOf(frames)).isEqualTo(frames.stream().map(DissectorTest::type).toList());
    }

    @Test
    void whatAFlightPutsOnTheWireIsDissectedToo() throws Exception {
        try (Database database = Database.open(folder);
                ImsServer server = ImsServer.start(new InetSocketAddress(Relay.loopback(), 0),
                        new SqliteMappingStore(database),
                        ImsPolicy.DEFAULT.withRegistrations(RegistrationPolicy.UNCHECKED),
                        new Clocks(InstantSource.system(), System::nanoTime));
                Relay relay = new Relay(server.address())) {
            flight(server, relay);
            List<byte[]> frames = relay.seen();
            assertThat(frames.stream().map(DissectorTest::type).distinct())
                    .containsExactlyInAnyOrder("1", "2", "3", "4", "5");
            assertThat(typesOf(frames)).isEqualTo(frames.stream().map(DissectorTest::type).toList());
        }
    }

    private static void flight(ImsServer server, Relay relay) throws Exception {
        MappingKey key = MappingKey.of(new byte[32]);
        server.enrol(VM, MappingKey.of(new byte[16]));
        server.enrol(PEER, key);
        server.activate(VM, MOA_A, new Epoch(1));
        Inet6Address here = (Inet6Address) Relay.loopback();
        try (ImsClient client = ImsClient.start(new ImsClient.Settings(relay.address(), PEER, key),
                () -> Optional.of(here), _ -> {}, new ImsClient.Clocks(InstantSource.system(), System::nanoTime))) {
            assertThat(client.register(MOA_C)).isTrue();
            assertThat(client.resolve(VM)).isPresent();
            assertThat(client.resolveReverseLater(MOA_A).get(15, SECONDS)).isPresent();
            assertThat(client.resolve(HomeAddress.of("2001:db8:face::99"))).isEmpty();
            assertThat(server.stage(VM, MOA_B, new Epoch(2)).get(30, SECONDS).complete()).isTrue();
            assertThat(server.activate(VM, MOA_B, new Epoch(2)).get(30, SECONDS).complete()).isTrue();
            assertThat(server.forget(VM).get(30, SECONDS).complete()).isTrue();
        }
    }

    /** Of each frame, what tshark says it is. Fails when it says that something is wrong with one. */
    private List<String> typesOf(List<byte[]> frames) throws IOException {
        Path file = Files.write(folder.resolve("frames.pcap"), Pcap.of(frames));
        String complaints = tshark(file, "-Y", "_ws.malformed || _ws.expert.severity == error || !lisp");
        assertThat(complaints).as("malformed, or not LISP").isEmpty();
        return tshark(file, "-T", "fields", "-e", "lisp.type").lines().map(line -> line.replaceAll("[,\t].*", ""))
                .toList();
    }

    private static String tshark(Path file, String... options) {
        List<String> command = Stream.concat(Stream.of("tshark", "-n", "-r", file.toString()), Stream.of(options))
                .toList();
        return Processes.run(LIMIT, command).text();
    }

    private static String type(byte[] frame) {
        return Integer.toString(frame[0] >> 4 & 0xf);
    }

    private static byte[] frame(Path file) {
        try {
            return HexFormat.of().parseHex(Files.readAllLines(file).stream().map(line -> line.replaceFirst("#.*", ""))
                    .collect(Collectors.joining()).replace(" ", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
