package org.godwit.planner.simulation;

import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * The guest runs at the target and misses pages. The source pushes them in order; a page that the guest touches is asked for, and
 * goes before all others as soon as the request is there, with its neighbours behind it. One processor: it stands still until the
 * page has come.
 *
 * <p>The clock here is the target's: {@code now} is when the last page has arrived, so that the delay counts only for requests.
 */
final class Pull implements Guest.Watcher {

    private final Passage passage;
    private final BitSet missing;
    private final int neighbours;
    private final ArrayDeque<Integer> wanted = new ArrayDeque<>();
    private int cursor;
    private int left;
    private boolean isInterrupted;

    Pull(Passage passage, BitSet missing, int neighbours) {
        this.passage = passage;
        this.missing = missing;
        this.neighbours = neighbours;
        this.left = missing.cardinality();
    }

    void run() {
        while (left > 0) {
            int page = next();
            isInterrupted = false;
            passage.guest().runUntil(passage.now() + passage.secondsForPage(page), this);
            // A fault has brought pages meanwhile, perhaps this one.
            if (!isInterrupted) {
                bring(page);
            }
        }
    }

    @Override
    public void access(int page, boolean isWrite, double at) {
        if (missing.get(page)) {
            passage.fault();
            isInterrupted = true;
            answer(page, at);
        }
        if (isWrite) {
            passage.writeAtTarget(page);
        }
    }

    private void answer(int page, double at) {
        double heard = at + 2 * passage.delaySeconds();
        // What the source has begun to send before it hears of the fault comes first.
        while (missing.get(page) && passage.now() < heard) {
            bring(next());
        }
        if (missing.get(page)) {
            passage.waitUntil(heard);
            bring(page);
        }
        passage.stall(Math.max(0, passage.now() - at));
        for (int distance = 1; distance <= neighbours; distance++) {
            want(page + distance);
            want(page - distance);
        }
    }

    private void want(int page) {
        if (page >= 0 && missing.get(page)) {
            wanted.add(page);
        }
    }

    /** What the source would send next: neighbours of what was asked for, else the next one in order. */
    private int next() {
        while (!wanted.isEmpty()) {
            if (missing.get(wanted.peek())) {
                return wanted.peek();
            }
            wanted.remove();
        }
        cursor = missing.nextSetBit(cursor);
        if (cursor < 0) {
            cursor = missing.nextSetBit(0);
        }
        return cursor;
    }

    private void bring(int page) {
        passage.send(page);
        missing.clear(page);
        left--;
    }
}
