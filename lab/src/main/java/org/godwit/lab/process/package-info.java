/** The one place of the lab where programs of the machine are started, watched and ended. */
package org.godwit.lab.process;
