/**
 * The agent inside a VM, and on every peer that speaks MAT: it loads the shim, stages and promotes MoAs, and keeps the peers'
 * bindings up to date.
 *
 * <p>Inside a VM it begins without any configuration and does what the host agent asks over virtio-serial
 * ({@link org.godwit.protocol.guest}). On a correspondent there is no host: arguments say who it is.
 *
 * <p>It runs in small guests, under emulation even: {@code java.base}, no logging library, no data binding, no thread pool.
 * {@link org.godwit.guest.GuestAgent} decides; {@link org.godwit.guest.KernelInterfaces} is the only class that touches the
 * kernel's interfaces, {@link org.godwit.guest.IpCommand} the only one that starts a process.
 */
package org.godwit.guest;
