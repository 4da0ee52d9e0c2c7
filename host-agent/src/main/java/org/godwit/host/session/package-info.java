/**
 * The agent's session with the MCS: dialled, kept alive, dialled again. The only package that knows Vert.x.
 *
 * <p>The wire is plain HTTP/2 (h2c) for now, so the token crosses it in the clear: MCS and agents must share a network that
 * is trusted. Mutual TLS replaces this.
 */
package org.godwit.host.session;
