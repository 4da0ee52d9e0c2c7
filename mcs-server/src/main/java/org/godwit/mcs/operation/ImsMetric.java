package org.godwit.mcs.operation;

import org.godwit.operation.metrics.Description;
import org.godwit.operation.metrics.Metric;

/** What the mapping server measures, inside the control server or in a process of its own. */
public enum ImsMetric implements Metric {

    EVENTS(Description.counter("godwit_ims_events",
            "What the mapping server counts; what each event is stands in docs/metrics.md.", "event"));

    private final Description description;

    ImsMetric(Description description) {
        this.description = description;
    }

    @Override
    public Description description() {
        return description;
    }
}
