/** The one place where this module starts processes of other programs. */
package org.godwit.host.program;
