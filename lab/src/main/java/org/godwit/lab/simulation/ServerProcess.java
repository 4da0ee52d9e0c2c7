package org.godwit.lab.simulation;

import java.time.Duration;
import org.godwit.mcs.runner.Schedule;

/**
 * The schedule of one process of the control server. Once it is dead no turn of it is taken any more; while it hangs turns
 * wait, and when it goes on it does not know that time has passed.
 */
final class ServerProcess implements Schedule {

    /** Thrown where a process dies in the middle of a turn. An error, because nothing in the server may survive it. */
    static final class Died extends Error {

        private static final long serialVersionUID = 1;

        Died() {
            super("the process was killed", null, false, false);
        }
    }

    private final VirtualTime time;
    private Duration hangsUntil = Duration.ZERO;
    private boolean dead;

    ServerProcess(VirtualTime time) {
        this.time = time;
    }

    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    void hang(Duration duration) {
        hangsUntil = time.now().plus(duration);
    }

    boolean hangs() {
        return hangsUntil.compareTo(time.now()) > 0;
    }

    /** At once, or when it goes on; never when it is dead by then. */
    void run(Runnable task) {
        if (!dead && hangs()) {
            time.after(hangsUntil.minus(time.now()), () -> run(task));
        } else if (!dead) {
            task.run();
        }
    }

    @Override
    public Lane lane(String name) {
        return new Lane() {
            private boolean closed;

            @Override
            public void take(Runnable turn) {
                time.after(Duration.ZERO, () -> run(() -> {
                    if (!closed) {
                        turn.run();
                    }
                }));
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        boolean[] cancelled = {false };
        time.after(delay, () -> run(() -> {
            if (!cancelled[0]) {
                task.run();
            }
        }));
        return () -> cancelled[0] = true;
    }
}
