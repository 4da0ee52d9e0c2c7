package org.godwit.lab.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.godwit.lab.simulation.Simulation.Tally;

/** One history after the other, on several threads; each has a world of its own. */
public final class Histories {

    private final int wishes;
    private final Set<Fence> off;
    private final BiConsumer<Long, Tally> listener;
    private Tally all = Tally.NONE;
    private long next;
    private long last;
    private Optional<Violation> violation = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();

    /**
     * @param wishes how many migrations are asked for in each; some are refused
     * @param off which fences are missing
     * @param listener is told of each seed that is over, and of all migrations up to now; by one thread at a time
     */
    public Histories(int wishes, Set<Fence> off, BiConsumer<Long, Tally> listener) {
        this.wishes = wishes;
        this.off = Set.copyOf(off);
        this.listener = listener;
    }

    /**
     * @param firstSeed the others follow it
     * @param seedsMax no more than that
     * @param migrations enough of them end it earlier
     * @throws Violation of the lowest seed that has been found; no further one is begun then
     */
    public Tally run(long firstSeed, long seedsMax, int migrations) {
        next = firstSeed;
        last = firstSeed + seedsMax - 1;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().name("histories-" + i).start(() -> work(migrations)));
        }
        threads.forEach(Histories::join);
        violation.ifPresent(it -> {
            throw it;
        });
        failure.ifPresent(it -> {
            throw new IllegalStateException("a history could not be simulated", it);
        });
        return all;
    }

    private void work(int migrations) {
        Optional<Long> seed = take(migrations);
        while (seed.isPresent()) {
            try {
                over(seed.get(), Simulation.run(seed.get(), wishes, off));
            } catch (Violation e) {
                failed(e);
            } catch (RuntimeException | Error e) {
                failed(e);
            }
            seed = take(migrations);
        }
    }

    private synchronized Optional<Long> take(int migrations) {
        return violation.isPresent() || failure.isPresent() || next > last || all.migrations() >= migrations
                ? Optional.empty()
                : Optional.of(next++);
    }

    private synchronized void over(long seed, Tally tally) {
        all = all.plus(tally);
        listener.accept(seed, all);
    }

    private synchronized void failed(Violation found) {
        violation = violation.filter(it -> it.seed() < found.seed()).or(() -> Optional.of(found));
    }

    private synchronized void failed(Throwable e) {
        failure = Optional.of(e);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
