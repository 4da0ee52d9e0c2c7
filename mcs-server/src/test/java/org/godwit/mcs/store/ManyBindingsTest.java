package org.godwit.mcs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.ImsAdmin;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restart with many bindings loses none. How long it takes is for {@code lab/benchmark ims-restart} to say. */
class ManyBindingsTest {

    private static final int COUNT = 50_000;
    private static final MappingKey KEY = MappingKey.of(new byte[32]);

    @TempDir
    Path folder;

    @Test
    void aRestartLosesNoneOfThem() {
        try (Database database = Database.open(folder)) {
            SqliteMappingStore store = new SqliteMappingStore(database);
            store.saveAll(numbers().map(i -> Enrolment.of(hoa(i), KEY).withRegisterNonce(i)).toList(),
                    numbers().map(ManyBindingsTest::mapping).toList());
        }
        try (Database database = Database.open(folder);
                ImsServer server = ImsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new SqliteMappingStore(database), ImsPolicy.DEFAULT,
                        new Clocks(InstantSource.system(), System::nanoTime))) {
            assertThat(numbers().filter(i -> !server.lookup(hoa(i)).equals(Optional.of(mapping(i)))).count())
                    .as("bindings that are not as they were").isZero();
            assertThat(numbers().filter(i -> server.lookup(mapping(i).active().orElseThrow()).isEmpty()).count())
                    .as("MoAs that lead nowhere").isZero();
            long listed = 0;
            for (int from = 0; from != ImsAdmin.END;) {
                ImsAdmin.Rows page = server.list(from);
                listed += page.rows().size();
                from = page.next();
            }
            assertThat(listed).isEqualTo(COUNT);
        }
    }

    private static Stream<Integer> numbers() {
        return IntStream.range(0, COUNT).boxed();
    }

    private static HomeAddress hoa(int i) {
        return HomeAddress.of("2001:db8:face::1:" + groups(i));
    }

    private static Mapping mapping(int i) {
        return Mapping.none(hoa(i)).activate(MobileAddress.of("2001:db8:a::1:" + groups(i)), new Epoch(1))
                .activate(MobileAddress.of("2001:db8:b::1:" + groups(i)), new Epoch(2));
    }

    private static String groups(int i) {
        return Integer.toHexString(i >>> Short.SIZE) + ":" + Integer.toHexString(i & 0xffff);
    }
}
