/** Tests of what the agent shows of itself. */
package org.godwit.host.operation;
