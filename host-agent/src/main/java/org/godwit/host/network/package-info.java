/**
 * The network of a hypervisor host as the agent keeps it: the idle bridge, a dummy bridge per staged VM with radvd on it,
 * black holes around both, and probes of the reachable link.
 *
 * <p>Everything is rendered as text by pure functions first ({@code ip -batch}, radvd.conf, nftables) and handed to the
 * system tools then. Whatever is made has one of two name prefixes ({@code gw-idle}, {@code gws-}), so that
 * {@link org.godwit.host.network.HostNetwork#cleanUp()} needs no memory of it.
 */
package org.godwit.host.network;
