/**
 * The {@code godwit} command: a client of the REST API ({@link org.godwit.protocol.rest.Resources}) and nothing more. It
 * decides nothing about a migration; what it knows, the server told it.
 */
package org.godwit.cli;
