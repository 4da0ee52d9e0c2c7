package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.shim.ShimEvent.MissOut;
import org.godwit.shim.ShimEvent.UnknownSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MatNodeTest {

    private static final HomeAddress PEER = HomeAddress.of("2001:db8:face::c");
    private static final int FLOOD = 5_000;

    private final FakeDataPlane plane = new FakeDataPlane();
    private final FakeMappings mappings = new FakeMappings();
    private final AtomicLong nanos = new AtomicLong();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final LineLog log = new LineLog(new PrintStream(logged, true, StandardCharsets.UTF_8), () -> 0);
    private final MatNode node = new MatNode(plane, new Peers(plane, HomeAddress.of("2001:db8:face::1"), log), log,
            nanos::get, (_, _) -> {});

    @BeforeEach
    void start() {
        node.use(mappings);
        node.start();
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void packetsFromForgedAddressesCannotMakeItAskWithoutALimit() throws InterruptedException {
        assertThat(askedInAFlood()).isEqualTo(MatNode.QUESTIONS_OF_OTHERS.burst());
        assertThat(logged.toString(StandardCharsets.UTF_8).lines()).as("nor write").hasSize(1);

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));

        assertThat(askedInAFlood()).isEqualTo(MatNode.QUESTIONS_OF_OTHERS.perSecond());
    }

    /** How many of the sources were asked about. Whom the node itself speaks to is asked about none the less. */
    private int askedInAFlood() throws InterruptedException {
        for (int i = 1; i <= FLOOD; i++) {
            plane.emit(new UnknownSource(MobileAddress.of("2001:db8:bad::" + Integer.toHexString(i))));
        }
        plane.emit(new MissOut(PEER));
        int sources = 0;
        while (mappings.asked.poll(15, TimeUnit.SECONDS) instanceof MobileAddress) {
            sources++;
        }
        return sources;
    }
}
