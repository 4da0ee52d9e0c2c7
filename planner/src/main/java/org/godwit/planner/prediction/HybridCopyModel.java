package org.godwit.planner.prediction;

/**
 * AMVM's hybrid-copy: one round of all memory, then post-copy of what became dirty in it. For a working set that is large against
 * V_mem D/B, this is {@link AmvmEquations}; a guest cannot dirty more than its working set.
 */
public record HybridCopyModel() implements CopyModel {

    @Override
    public Outcome outcome(Conditions conditions) {
        double all = conditions.memory().bytes();
        return PostCopyModel.pulling(conditions, all,
                conditions.memory().dirtyBytesAfter(conditions.secondsFor(all)));
    }
}
