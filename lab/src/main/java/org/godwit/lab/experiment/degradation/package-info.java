/** Kapil's sixth metric: what a migration does to an application in the VM, before, during and after. */
package org.godwit.lab.experiment.degradation;
