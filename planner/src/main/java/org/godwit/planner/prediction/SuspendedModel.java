package org.godwit.planner.prediction;

/** Kapil's suspended migration: the guest is paused, everything is sent once, the guest goes on. */
public record SuspendedModel() implements CopyModel {

    @Override
    public Outcome outcome(Conditions conditions) {
        double bytes = conditions.memory().bytes() + conditions.switchover().stateBytes();
        double seconds = conditions.secondsFor(conditions.memory().bytes()) + conditions.downtimeSeconds();
        return new Outcome.Completed(seconds, seconds, bytes, 0);
    }
}
