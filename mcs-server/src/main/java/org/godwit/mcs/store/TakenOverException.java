package org.godwit.mcs.store;

import org.godwit.mcs.workflow.Plan;
import org.jdbi.v3.core.Handle;

/** Another control server goes on with this migration, or with all of them: whoever notices has nothing to say any more. */
public final class TakenOverException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @throws TakenOverException when the migration does not go on in the plan's epoch */
    static void check(Handle h, Plan plan) {
        boolean own = h.select("SELECT count(*) FROM migrations WHERE id = ? AND epoch = ?", plan.id().toString(),
                plan.epoch().number()).mapTo(Integer.class).one() == 1;
        if (!own) {
            throw new TakenOverException("migration " + plan.id() + " was taken over by another control server: epoch "
                    + plan.epoch() + " is over");
        }
    }

    /** Of all migrations. */
    static TakenOverException ofAll() {
        return new TakenOverException("this control server does not work on its database, or not yet: ask again, or ask"
                + " the other one");
    }

    private TakenOverException(String message) {
        super(message);
    }
}
