package org.godwit.lab.experiment;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.bench.Landing;

/**
 * Remembers when a program that tells no times has said what: it looks again and again. What it answers is late by up to the time
 * between two looks.
 */
public final class Follower implements AutoCloseable {

    private final Supplier<String> said;
    private final Pattern words;
    private final InstantSource clock;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
    private final List<Saying> sayings = new ArrayList<>();
    private int end;

    /** @param atUs when it was seen, in µs since 1970 */
    public record Saying(MatchResult words, long atUs) {}

    /**
     * @param said all that the program has said so far
     * @param words of interest; one that is cut short by the end of what was said must not match
     */
    Follower(Supplier<String> said, Pattern words, InstantSource clock) {
        this.said = requireNonNull(said, "said is null");
        this.words = requireNonNull(words, "words is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Looks every so often until it is closed. */
    public static Follower of(Supplier<String> said, Pattern words, Duration every) {
        Follower follower = new Follower(said, words, InstantSource.system());
        follower.looks.scheduleWithFixedDelay(follower::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        return follower;
    }

    void look() {
        String all = said.get();
        long nowUs = Landing.micros(clock.instant());
        Matcher matcher = words.matcher(all);
        synchronized (sayings) {
            // A log that cannot be read just now is empty.
            while (end <= all.length() && matcher.find(end)) {
                sayings.add(new Saying(matcher.toMatchResult(), nowUs));
                end = matcher.end();
            }
        }
    }

    /** So far, in order. */
    public List<Saying> sayings() {
        synchronized (sayings) {
            return List.copyOf(sayings);
        }
    }

    @Override
    public void close() {
        looks.close();
    }
}
