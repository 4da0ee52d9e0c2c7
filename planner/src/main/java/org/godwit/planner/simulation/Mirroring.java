package org.godwit.planner.simulation;

import org.godwit.planner.Checks;

/**
 * Mirroring's Algorithm 1. The data mover sends each page once, in order. The mirror block sends a control signal for each write
 * to a page that has gone, which repeats the write at the target. Signals go before the next page; a guest that writes faster than
 * signals can go is stalled, once {@code queueMax} of them wait.
 *
 * @param signalBytes of one signal, with what was written, above zero; the paper has "in terms of bytes" for it
 * @param queueMax 1 to 1,000,000
 */
public record Mirroring(double signalBytes, int queueMax) implements CopyStrategy {

    /** A cache line and what says where it belongs. */
    public static final Mirroring OF_CACHE_LINES = new Mirroring(128, 256);

    /** @throws IllegalArgumentException when out of range */
    public Mirroring {
        Checks.positive("the size of a control signal (bytes)", signalBytes);
        Checks.within("control signals that may wait", 1, 1_000_000, queueMax);
    }

    @Override
    public void move(Passage passage) {
        MirrorBlock mirror = new MirrorBlock(passage);
        passage.round();
        for (int page = 0; page < passage.pages(); page++) {
            mirror.gone = page + 1;
            passage.send(page, mirror);
            mirror.drain();
        }
        passage.switchOver(mirror::drainAll);
    }

    private final class MirrorBlock implements Guest.Watcher {

        private final Passage passage;
        private final int[] queue = new int[queueMax];
        private int head;
        private int waiting;
        private int gone;

        MirrorBlock(Passage passage) {
            this.passage = passage;
        }

        @Override
        public void access(int page, boolean isWrite, double at) {
            if (isWrite && page < gone) {
                if (waiting == queueMax) {
                    double before = passage.now();
                    sendFirst();
                    passage.stall(passage.now() - before);
                }
                queue[(head + waiting) % queueMax] = page;
                waiting++;
            }
        }

        /** Sends those that wait now; the data mover then has its turn, however many came meanwhile. */
        void drain() {
            for (int left = waiting; left > 0 && waiting > 0; left--) {
                sendFirst();
                passage.guest().runUntil(passage.now(), this);
            }
        }

        /** The guest is paused. */
        void drainAll() {
            while (waiting > 0) {
                sendFirst();
            }
        }

        private void sendFirst() {
            passage.repeatWrite(queue[head], signalBytes);
            head = (head + 1) % queueMax;
            waiting--;
        }
    }
}
