/**
 * Speaks with the address mapping server (IMS): asks where HoAs are, hears of changes, registers the own address.
 * {@code java.base} only.
 */
package org.godwit.guest.ims;
