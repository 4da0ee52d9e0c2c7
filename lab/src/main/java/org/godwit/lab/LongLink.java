package org.godwit.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.network.NetworkPlan;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;

/**
 * Between a far site's gateway and the internet: holds frames back and loses some, in both directions alike. By netem where the
 * kernel has it, otherwise by {@code delayline.c}, which carries each frame from a tap to another one.
 */
public sealed interface LongLink {

    /**
     * For frames that come from now on.
     *
     * @param oneWay at most 10 s
     * @param loss share of the frames, 0 to 1
     * @param seed the same one loses the same frames, where frames are lost by {@code delayline.c}
     */
    void set(Duration oneWay, double loss, long seed);

    /** By what, in a word. */
    String means();

    static LongLink open(Lab lab, Site site) {
        return site.link().isTapped() ? Line.open(lab, site) : new Netem(lab, site);
    }

    /** By the kernel. */
    record Netem(Lab lab, Site site) implements LongLink {

        private static final Duration LIMIT = Duration.ofSeconds(10);

        @Override
        public void set(Duration oneWay, double loss, long seed) {
            set(site.gatewayNode().namespace(), site.link().outwards(), oneWay, loss);
            set(lab.id().namespaceOf(NetworkPlan.INTERNET), site.gatewayNode().name().text(), oneWay, loss);
        }

        private static void set(String namespace, String device, Duration oneWay, double loss) {
            Processes.run(LIMIT, List.of("tc", "-n", namespace, "qdisc", "replace", "dev", device, "root", "netem",
                    "limit", "20000", "delay", oneWay.toNanos() / 1000 + "us", "loss",
                    String.format(Locale.ROOT, "%.4f%%", loss * 100)));
        }

        @Override
        public String means() {
            return "netem";
        }
    }

    /** By a program of the lab. */
    record Line(Lab lab, Running program) implements LongLink {

        private static final Duration LIMIT = Duration.ofSeconds(10);
        private static final double MILLION = 1e6;
        private static final String DONE = "set";

        static Line open(Lab lab, Site site) {
            Path program = lab.folder().path().resolve("delayline");
            GuestImages.compileDelayLine(program);
            Line line = new Line(lab, lab.start(site + ".delayline", List.of(program.toString(),
                    site.gatewayNode().namespace(), site.link().outwards(),
                    lab.id().namespaceOf(NetworkPlan.INTERNET), site.gatewayNode().name().text()), Map.of()));
            line.program.awaitReady(lab.patience(), LIMIT, () -> line.program.hasSaid("ready"), "carries nothing");
            return line;
        }

        @Override
        public void set(Duration oneWay, double loss, long seed) {
            long before = program.timesSaid(DONE);
            program.say(oneWay.toNanos() / 1000 + " " + Math.round(loss * MILLION) + " " + seed);
            program.awaitReady(lab.patience(), LIMIT, () -> program.timesSaid(DONE) > before, "does not obey");
        }

        @Override
        public String means() {
            return "a delay line in user space";
        }
    }
}
