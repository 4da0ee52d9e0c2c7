/**
 * The REST API under {@code /v1} (see {@link org.godwit.protocol.rest.Resources}), over TLS 1.3, for operators with a token whose
 * role allows what they ask ({@link org.godwit.mcs.rest.Permissions}).
 */
package org.godwit.mcs.rest;
