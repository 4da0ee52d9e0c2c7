/** Tests of programs with options in a file. */
package org.godwit.operation.program;
