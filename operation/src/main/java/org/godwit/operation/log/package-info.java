/** How the lines of a log are written: for people, or for programs. */
package org.godwit.operation.log;
