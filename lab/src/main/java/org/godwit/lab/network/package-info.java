/** The lab's networks as text: what {@code ip}, {@code sysctl}, {@code tc} and {@code radvd} are told. Nothing here acts. */
package org.godwit.lab.network;
