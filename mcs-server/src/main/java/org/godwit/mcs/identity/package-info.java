/**
 * Who is who: the server's own certificate authority, the certificates of hosts and of the server itself. Everything that
 * listens on TCP does so with TLS 1.3.
 */
package org.godwit.mcs.identity;
