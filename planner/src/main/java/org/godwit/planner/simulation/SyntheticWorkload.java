package org.godwit.planner.simulation;

import java.util.SplittableRandom;
import org.godwit.planner.Checks;

/** Accesses by a {@link Profile}, at random moments and pages that follow from the seed. */
public final class SyntheticWorkload implements Workload {

    private static final int FRACTION_BITS = 24;

    private final Profile profile;
    private final int pages;
    private final int hotPages;
    private final int hotStart;
    private final double meanSeconds;
    private final int hotLimit;
    private final int streamLimit;
    private final int writeLimit;
    private final SplittableRandom random;
    private double at;
    private int page;
    private boolean isWrite;
    private int stream;

    /**
     * @param pages of the guest
     * @param start seconds; negative for a guest that runs before the migration begins
     */
    public SyntheticWorkload(Profile profile, int pages, double start, long seed) {
        this.profile = profile;
        this.pages = Checks.within("pages", 1, Integer.MAX_VALUE, pages);
        this.hotPages = Math.max(1, (int) (pages * profile.hotShare()));
        this.random = new SplittableRandom(seed);
        // Where the hot part lies must not decide a comparison with strategies that go by address.
        this.hotStart = random.nextInt(pages);
        this.stream = random.nextInt(pages);
        this.meanSeconds = 1 / profile.accessesPerSecond();
        this.hotLimit = fraction(profile.hotAccesses());
        this.streamLimit = fraction(profile.hotAccesses() + profile.streamAccesses());
        this.writeLimit = fraction(profile.writeShare());
        this.at = start;
        advance();
    }

    @Override
    public double at() {
        return at;
    }

    @Override
    public int page() {
        return page;
    }

    @Override
    public boolean isWrite() {
        return isWrite;
    }

    @Override
    public void advance() {
        if (profile.accessesPerSecond() == 0) {
            at = Double.POSITIVE_INFINITY;
            return;
        }
        // One draw for how long, what kind and whether to write; one for the page.
        long draw = random.nextLong();
        int kind = (int) (draw & fractionMask());
        isWrite = (int) (draw >>> FRACTION_BITS & fractionMask()) < writeLimit;
        at += meanSeconds * 2 * (draw >>> 2 * FRACTION_BITS) / (1 << 16);
        if (kind < hotLimit) {
            page = hotStart + random.nextInt(hotPages);
            page = page >= pages ? page - pages : page;
        } else if (kind < streamLimit) {
            stream = stream + 1 == pages ? 0 : stream + 1;
            page = stream;
        } else {
            page = random.nextInt(pages);
        }
    }

    private static int fraction(double share) {
        return (int) Math.round(share * (1 << FRACTION_BITS));
    }

    private static int fractionMask() {
        return (1 << FRACTION_BITS) - 1;
    }
}
