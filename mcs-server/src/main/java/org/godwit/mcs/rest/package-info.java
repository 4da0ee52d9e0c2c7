/**
 * The REST API under {@code /v1} (see {@link org.godwit.protocol.rest.Resources}). Operators are not authenticated yet, so it
 * listens on the loopback address unless told otherwise.
 */
package org.godwit.mcs.rest;
