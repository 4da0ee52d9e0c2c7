/** How programs with options are run: the same ones on the command line and in a file. */
package org.godwit.operation.program;
