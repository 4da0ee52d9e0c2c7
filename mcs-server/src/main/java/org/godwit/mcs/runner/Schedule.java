package org.godwit.mcs.runner;

import java.time.Duration;

/** Where turns of migrations are taken, and when: threads and clock of the machine, or those of a simulation. */
public interface Schedule {

    /** One turn after the other, in the order in which they were given; other lanes do not wait for this one. */
    interface Lane extends AutoCloseable {

        /** Returns at once. Nothing happens on a lane that is closed. */
        void take(Runnable turn);

        /** No further turn begins. Waits for the present one, unless called by it. */
        @Override
        void close();
    }

    /** Something that will happen. */
    interface Alarm {

        /** Nothing happens when it has rung. */
        void cancel();
    }

    Lane lane(String name);

    /** Calls it later, on a thread that must not be kept waiting. */
    Alarm after(Duration delay, Runnable task);
}
