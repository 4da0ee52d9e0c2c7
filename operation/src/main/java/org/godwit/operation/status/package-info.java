/** Whether a program does well, said over HTTP to whoever watches it. */
package org.godwit.operation.status;
