/**
 * The hypervisor of this host, through libvirt. The only package that knows libvirt and JNA; what leaves it are the records
 * and the sealed outcomes of {@link org.godwit.host.hypervisor.Hypervisor}.
 */
package org.godwit.host.hypervisor;
