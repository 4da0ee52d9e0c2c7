/** What the agent shows of itself to its operators: metrics, and whether it does well. */
package org.godwit.host.operation;
