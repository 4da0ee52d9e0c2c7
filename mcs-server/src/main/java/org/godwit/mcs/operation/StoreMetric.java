package org.godwit.mcs.operation;

import static org.godwit.operation.metrics.Description.calls;
import static org.godwit.operation.metrics.Description.gauge;

import org.godwit.operation.metrics.Description;
import org.godwit.operation.metrics.Metric;

/** What is measured of the database, that of the control server and that of a mapping server of its own. */
public enum StoreMetric implements Metric {

    STATEMENT_SECONDS(calls("godwit_store_statement_seconds",
            "How long statements of the database took; one outside a transaction is on the disk then.")),

    COMMIT_SECONDS(calls("godwit_store_commit_seconds", "How long it took until a transaction was on the disk.")),

    BYTES(gauge("godwit_store_bytes", "Size of the database, its log included."));

    private final Description description;

    StoreMetric(Description description) {
        this.description = description;
    }

    @Override
    public Description description() {
        return description;
    }
}
