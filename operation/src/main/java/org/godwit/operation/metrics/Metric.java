package org.godwit.operation.metrics;

/** Implemented by enums: one constant for each metric of a program. */
public interface Metric {

    Description description();
}
