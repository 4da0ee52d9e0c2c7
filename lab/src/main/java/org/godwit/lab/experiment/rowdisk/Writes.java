package org.godwit.lab.experiment.rowdisk;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.Follower;
import org.godwit.lab.process.Running;

/** How many writes the VM's disk has taken, as the writer in the VM tells a correspondent four times a second. */
final class Writes implements AutoCloseable {

    static final Pattern COUNT = Pattern.compile("writes=(\\d+)\n");

    private static final Duration LOOK = Duration.ofMillis(20);

    /** So many in all, at a time in µs since 1970. */
    record Count(long atUs, long writes) {}

    private final Running program;
    private final Follower follower;

    private Writes(Running program) {
        this.program = program;
        this.follower = Follower.of(program::said, COUNT, LOOK);
    }

    /** Tells the writer what to do, and waits until it counts. */
    static Writes start(TwoSites scene, Writing writing) {
        return new Writes(scene.write(writing.pattern()));
    }

    /** So far, in order. */
    List<Count> counts() {
        return follower.sayings().stream()
                .map(saying -> new Count(saying.atUs(), Long.parseLong(saying.words().group(1)))).toList();
    }

    /** Writes a second between the first and the last count within a time. @throws LabException when there are not two */
    static double rate(List<Count> counts, long fromUs, long toUs) {
        List<Count> within = counts.stream().filter(count -> count.atUs() >= fromUs && count.atUs() <= toUs).toList();
        if (within.size() < 2) {
            throw new LabException("the writer in the VM was not heard for a while");
        }
        Count first = within.getFirst();
        Count last = within.getLast();
        return (last.writes() - first.writes()) * 1e6 / (last.atUs() - first.atUs());
    }

    @Override
    public void close() {
        follower.close();
        program.close();
    }
}
