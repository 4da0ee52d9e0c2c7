package org.godwit.mcs.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;

/** Tells how long commits take: that is when the disk is waited for. */
final class TimedTransactions extends DelegatingTransactionHandler {

    private final LongSupplier nanoTicker;
    private final Consumer<Duration> commits;

    TimedTransactions(TransactionHandler proper, LongSupplier nanoTicker, Consumer<Duration> commits) {
        super(proper);
        this.nanoTicker = nanoTicker;
        this.commits = commits;
    }

    @Override
    public void commit(Handle handle) {
        long began = nanoTicker.getAsLong();
        super.commit(handle);
        commits.accept(Duration.ofNanos(nanoTicker.getAsLong() - began));
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return new TimedTransactions(getDelegate().specialize(handle), nanoTicker, commits);
    }
}
