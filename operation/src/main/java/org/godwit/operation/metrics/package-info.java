/** Metrics in Prometheus' text format: each one a constant of an enum that says what it means. */
package org.godwit.operation.metrics;
