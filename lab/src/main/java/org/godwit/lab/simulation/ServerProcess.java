package org.godwit.lab.simulation;

import java.time.Duration;
import org.godwit.mcs.runner.Schedule;

/** The schedule of one process of the control server: once it is dead no turn of it is taken any more. */
final class ServerProcess implements Schedule {

    /** Thrown where a process dies in the middle of a turn. An error, because nothing in the server may survive it. */
    static final class Died extends Error {

        private static final long serialVersionUID = 1;

        Died() {
            super("the process was killed", null, false, false);
        }
    }

    private final VirtualTime time;
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

    @Override
    public Lane lane(String name) {
        return new Lane() {
            private boolean closed;

            @Override
            public void take(Runnable turn) {
                time.after(Duration.ZERO, () -> {
                    if (!dead && !closed) {
                        turn.run();
                    }
                });
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
        time.after(delay, () -> {
            if (!dead && !cancelled[0]) {
                task.run();
            }
        });
        return () -> cancelled[0] = true;
    }
}
