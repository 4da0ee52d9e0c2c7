/** Watanabe's second question for future work: how many VMs with a staged secondary interface one host carries. */
package org.godwit.lab.experiment.hostlimits;
