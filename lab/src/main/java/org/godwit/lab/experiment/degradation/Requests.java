package org.godwit.lab.experiment.degradation;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import org.godwit.lab.Node;
import org.godwit.lab.experiment.Follower;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;
import org.godwit.model.HomeAddress;

/** Redis' own load generator on a correspondent: what it says every quarter of a second, with the time at which it says so. */
final class Requests implements AutoCloseable {

    /** Between two things that it says. */
    static final double INTERVAL_MS = 250;

    static final Pattern RATE = Pattern.compile("rps=([0-9.]+) \\(overall");

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration FIRST_LIMIT = Duration.ofSeconds(60);

    /** @param perSecond answered in the quarter of a second that ended then */
    record Rate(long atUs, double perSecond) {}

    private final Running program;
    private final Follower follower;

    private Requests(Running program) {
        this.program = program;
        this.follower = Follower.of(program::said, RATE, LOOK);
    }

    /** Starts it, and waits until it is answered. */
    static Requests start(Node node, HomeAddress server) {
        Requests requests = new Requests(node.start("redis-benchmark", List.of("redis-benchmark", "-h",
                server.toString(), "-t", "set", "-c", "4", "-n", "1000000000", "-d", "1024", "-r", "10000")));
        requests.program.awaitReady(new Patience(InstantSource.system()), FIRST_LIMIT,
                () -> requests.rates().stream().anyMatch(rate -> rate.perSecond() > 0), "is not answered");
        return requests;
    }

    /** So far, in order. */
    List<Rate> rates() {
        return follower.sayings().stream()
                .map(saying -> new Rate(saying.atUs(), Double.parseDouble(saying.words().group(1)))).toList();
    }

    @Override
    public void close() {
        follower.close();
        program.close();
    }
}
