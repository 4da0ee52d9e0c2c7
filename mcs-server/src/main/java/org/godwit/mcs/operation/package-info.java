/** What the server shows of itself to its operators: metrics, and whether it does well. */
package org.godwit.mcs.operation;
