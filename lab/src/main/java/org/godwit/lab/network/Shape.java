package org.godwit.lab.network;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a link does to packets, alike in both directions.
 *
 * @param bandwidthMbit Mbit/s; 0 for as fast as the machine goes
 * @param delay one way; zero for none
 */
public record Shape(int bandwidthMbit, Duration delay) {

    public static final Shape NONE = new Shape(0, Duration.ZERO);

    /** @throws IllegalArgumentException when negative */
    public Shape {
        requireNonNull(delay, "delay is null");
        if (bandwidthMbit < 0 || delay.isNegative()) {
            throw new IllegalArgumentException(
                    "bandwidth and delay are never negative, got " + bandwidthMbit + " Mbit/s and " + delay);
        }
    }

    /** The lines for {@code tc -batch} that make one end of a link send so, whatever it did before. */
    public List<String> lines(String device) {
        List<String> lines = new ArrayList<>();
        String parent = "root";
        if (!delay.isZero()) {
            lines.add(
                    "qdisc replace dev " + device + " root handle 1: netem limit 20000 delay " + delay.toNanos() / 1000
                            + "us");
            parent = "parent 1:";
        }
        if (bandwidthMbit > 0) {
            lines.add("qdisc replace dev " + device + " " + parent + " tbf rate " + bandwidthMbit
                    + "mbit burst 128kb latency 50ms");
        }
        return lines;
    }
}
