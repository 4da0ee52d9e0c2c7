/** The benchmarks' arithmetic and tables, and short runs of those that are cheap. */
package org.godwit.lab.bench;
