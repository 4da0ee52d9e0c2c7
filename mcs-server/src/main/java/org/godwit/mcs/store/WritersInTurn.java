package org.godwit.mcs.store;

import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;

/**
 * One transaction at a time, in the order in which they came. SQLite lets one write at a time too, but who waits for it sleeps and
 * tries again, in native code, which keeps the carrier of a virtual thread; and whoever comes at the right moment goes first: of
 * many writers some would wait until their time was over.
 */
final class WritersInTurn extends DelegatingTransactionHandler {

    private final ReentrantLock turn;

    WritersInTurn(TransactionHandler proper) {
        this(proper, new ReentrantLock(true));
    }

    private WritersInTurn(TransactionHandler proper, ReentrantLock turn) {
        super(proper);
        this.turn = turn;
    }

    @Override
    public void begin(Handle handle) {
        turn.lock();
        try {
            super.begin(handle);
        } catch (RuntimeException | Error e) {
            turn.unlock();
            throw e;
        }
    }

    /** One that fails is rolled back: the turn lasts until then. */
    @Override
    public void commit(Handle handle) {
        super.commit(handle);
        turn.unlock();
    }

    @Override
    public void rollback(Handle handle) {
        try {
            super.rollback(handle);
        } finally {
            // not held by one whose beginning has failed
            if (turn.isHeldByCurrentThread()) {
                turn.unlock();
            }
        }
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return new WritersInTurn(getDelegate().specialize(handle), turn);
    }
}
