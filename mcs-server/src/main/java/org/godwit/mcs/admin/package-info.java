/**
 * The administrative channel between a control server and a mapping server in another process: JSON over HTTPS, opened by the
 * control server, each side with a certificate of the control server's authority. {@code docs/protocol.md} has it request by request.
 */
package org.godwit.mcs.admin;
