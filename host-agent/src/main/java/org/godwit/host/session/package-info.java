/**
 * The agent's session with the MCS: dialled, kept alive, dialled again. The only package that knows Vert.x.
 *
 * <p>The wire is TLS 1.3 with both sides' certificates. Whom to trust, and how to get the first certificate, a token says, once.
 */
package org.godwit.host.session;
