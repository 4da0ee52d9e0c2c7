/** Tests of {@code org.godwit.host.program}. */
package org.godwit.host.program;
