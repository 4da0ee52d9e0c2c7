package org.godwit.planner.simulation;

/** The running guest: its own time, and its memory as it should be, wherever it runs. */
final class Guest {

    /** Is told of each access before it happens; may stall the guest, which then makes the access when it goes on. */
    interface Watcher {

        /** @param at seconds, of the migration's clock */
        void access(int page, boolean isWrite, double at);
    }

    static final Watcher NOBODY = (_, _, _) -> {};

    private final Workload workload;
    private final int[] writes;
    private final int[] lastAccess;
    private int accesses;
    private double lag;

    Guest(Memory memory, Workload workload) {
        this.workload = workload;
        this.writes = new int[memory.pages()];
        this.lastAccess = new int[memory.pages()];
        for (int page = 0; page < writes.length; page++) {
            writes[page] = memory.isZero(page) ? 0 : 1;
        }
    }

    /** Lets it do what it does up to a moment of the migration's clock, that moment included. */
    void runUntil(double moment, Watcher watcher) {
        while (workload.at() + lag <= moment) {
            int page = workload.page();
            boolean isWrite = workload.isWrite();
            watcher.access(page, isWrite, workload.at() + lag);
            lastAccess[page] = ++accesses;
            if (isWrite) {
                writes[page]++;
            }
            workload.advance();
        }
    }

    /** Its processors stand still so long. */
    void stall(double seconds) {
        lag += seconds;
    }

    /** Its memory, which changes as it runs: how often each page was written. Zero is a page of zeros. */
    int[] memory() {
        return writes;
    }

    /** @return a number that is higher the later the page was read or written; zero when never */
    int lastAccess(int page) {
        return lastAccess[page];
    }
}
