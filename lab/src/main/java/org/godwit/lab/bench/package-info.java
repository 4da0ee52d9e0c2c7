/**
 * What Godwit costs, measured: each benchmark compares subjects that take turns within one run, so that a machine which is
 * slow for a while is slow for all of them. See {@code docs/benchmarks.md}.
 */
package org.godwit.lab.bench;
