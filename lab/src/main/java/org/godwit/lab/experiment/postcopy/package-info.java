/** Watanabe's first item of future work: what a VM gains that runs at the target before its memory is there, and what it pays. */
package org.godwit.lab.experiment.postcopy;
