/**
 * The bodies of the REST API under {@code /v1}, the same for the server, the {@code godwit} command and
 * {@code report.json}. Names on the wire are in snake case, units last.
 */
package org.godwit.protocol.rest;
