/** What experiments that let VMs fly have in common. */
package org.godwit.lab.experiment.flight;
