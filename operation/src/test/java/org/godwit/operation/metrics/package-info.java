/** Tests of metrics. */
package org.godwit.operation.metrics;
