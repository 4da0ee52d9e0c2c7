package org.godwit.planner.simulation;

/** What is sent when. */
public sealed interface CopyStrategy permits PreCopy, Mirroring, HybridCopy, Suspended {

    /** Moves a guest. The workload is used up. */
    default Outcome migrate(Setting setting, Workload workload) {
        Passage passage = new Passage(setting, workload);
        move(passage);
        return passage.end();
    }

    /** Takes the passage from the first page to the last. */
    void move(Passage passage);
}
