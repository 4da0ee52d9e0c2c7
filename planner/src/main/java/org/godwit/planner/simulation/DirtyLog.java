package org.godwit.planner.simulation;

import java.util.BitSet;

/** What the target does not have as it is: everything, at first. */
final class DirtyLog implements Guest.Watcher {

    private final BitSet dirty;
    private final Clearing clearing;

    DirtyLog(int pages, Clearing clearing) {
        this.dirty = new BitSet(pages);
        this.clearing = clearing;
        dirty.set(0, pages);
    }

    @Override
    public void access(int page, boolean isWrite, double at) {
        if (isWrite) {
            dirty.set(page);
        }
    }

    /** The marks themselves. */
    BitSet marks() {
        return dirty;
    }

    /** Sends everything that is marked as the round begins. */
    void round(Passage passage, PageOrder order) {
        passage.round();
        int[] pages = order.of(dirty, passage.guest());
        if (clearing == Clearing.BY_ROUND) {
            dirty.clear();
        }
        for (int page : pages) {
            if (clearing == Clearing.BY_PAGE) {
                dirty.clear(page);
            }
            passage.send(page, this);
        }
    }
}
