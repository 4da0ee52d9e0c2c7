/**
 * The wire of the address mapping server (IMS): a small profile of the LISP control plane (RFC 9301) with publish/subscribe
 * (RFC 9437). What is in the profile, and why, is in {@code docs/protocol.md}.
 *
 * <p>Runs in a guest: {@code java.base} and IPAddress only. Opens no socket and reads no clock.
 */
package org.godwit.protocol.lisp;
