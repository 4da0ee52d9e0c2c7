/**
 * What sender and receiver say to each other, as docs/protocol.md describes it. It opens no socket; whatever it decodes keeps
 * within the limits, or is refused.
 */
package org.godwit.disk.wire;
