package org.godwit.mcs.runner;

import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.mcs.workflow.MigrationState;

/** Is told what migrations do, on the lane of each: it must not block. */
public interface MigrationObserver {

    /** It is on the disk. */
    void entered(PhaseChange change);

    /** A step failed, whatever follows. */
    void setBack(MigrationState state, MigrationFailure failure);
}
