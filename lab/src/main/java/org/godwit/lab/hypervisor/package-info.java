/** What the lab's hypervisors are told: the configuration of each host's libvirtd, domains, the accelerator. */
package org.godwit.lab.hypervisor;
