/** Pre-copy, hybrid-copy and post-copy of VMs that do different things, as in AMVM; and what was forecast of each. */
package org.godwit.lab.experiment.amvm;
