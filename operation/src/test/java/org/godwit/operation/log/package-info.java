/** Tests of how log lines are written. */
package org.godwit.operation.log;
