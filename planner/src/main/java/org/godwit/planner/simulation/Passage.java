package org.godwit.planner.simulation;

import java.util.Arrays;

/**
 * One migration under way: the clock, the wire, the target's memory, and the account of it all. A strategy decides what is done
 * next; here it is done.
 */
final class Passage {

    private static final int ABSENT = -1;

    private final Setting setting;
    private final Guest guest;
    private final int[] target;
    private int[] source;
    private final double headerSeconds;
    private final double pageSeconds;
    private double now;
    private double downtime;
    private double stalled;
    private double bytes;
    private long pagesSent;
    private long pageFaults;
    private long controlSignals;
    private int rounds;
    private boolean isConverged = true;

    Passage(Setting setting, Workload workload) {
        this.setting = setting;
        this.guest = new Guest(setting.memory(), workload);
        this.target = new int[setting.memory().pages()];
        Arrays.fill(target, ABSENT);
        this.source = guest.memory();
        this.headerSeconds = setting.link().secondsFor(setting.headerBytes());
        this.pageSeconds = setting.link().secondsFor(setting.headerBytes() + setting.memory().pageBytes());
        guest.runUntil(0, Guest.NOBODY);
    }

    int pages() {
        return target.length;
    }

    Guest guest() {
        return guest;
    }

    /** Seconds since the beginning, at which the wire is free. */
    double now() {
        return now;
    }

    double delaySeconds() {
        return setting.link().delaySeconds();
    }

    double secondsForPage(int page) {
        return source[page] == 0 ? headerSeconds : pageSeconds;
    }

    double secondsForPages(int number) {
        return number * pageSeconds;
    }

    /** Sends a page as it is now, while the guest at the source goes on. */
    void send(int page, Guest.Watcher watcher) {
        send(page);
        guest.runUntil(now, watcher);
    }

    /** Sends a page of the source, where the guest does not run. */
    void send(int page) {
        now += secondsForPage(page);
        bytes += setting.headerBytes() + (source[page] == 0 ? 0 : setting.memory().pageBytes());
        pagesSent++;
        // What follows on the wire finds it there.
        target[page] = source[page];
    }

    /** Sends a control signal: one write, repeated at the target. */
    void repeatWrite(int page, double signalBytes) {
        now += setting.link().secondsFor(signalBytes);
        bytes += signalBytes;
        controlSignals++;
        target[page]++;
    }

    /** The guest, at the target, writes to a page that is there. */
    void writeAtTarget(int page) {
        target[page]++;
    }

    /** Nothing is sent until then. */
    void waitUntil(double moment) {
        now = Math.max(now, moment);
    }

    /** The running guest waits. */
    void stall(double seconds) {
        guest.stall(seconds);
        stalled += seconds;
    }

    void fault() {
        pageFaults++;
    }

    void round() {
        rounds++;
    }

    void giveUpConverging() {
        isConverged = false;
    }

    /**
     * The guest is paused; what must travel meanwhile does; then state travels, and the guest goes on at the target.
     *
     * @param whilePaused sends
     */
    void switchOver(Runnable whilePaused) {
        double start = now;
        whilePaused.run();
        bytes += setting.switchover().stateBytes();
        now += setting.switchover().downtimeSeconds(setting.link());
        downtime = now - start;
        guest.stall(downtime);
        // The source keeps what the guest has left behind.
        source = source.clone();
    }

    /** @throws IllegalStateException when the target's memory is not the guest's: the strategy is wrong */
    Outcome end() {
        int lost = Arrays.mismatch(target, guest.memory());
        if (lost >= 0) {
            throw new IllegalStateException("page " + lost + " is lost: written " + guest.memory()[lost]
                    + " times, and the target has it as of " + target[lost]);
        }
        return new Outcome(now, downtime, stalled, bytes, pagesSent, rounds, pageFaults, controlSignals, isConverged);
    }
}
