/**
 * The administrative channel between a control server and a mapping server in another process: JSON over HTTP, opened by the
 * control server, authenticated by a token that both read from a file. {@code docs/protocol.md} has it request by request.
 */
package org.godwit.mcs.admin;
