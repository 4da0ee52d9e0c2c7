/** Every check with the sentences that it says. */
package org.godwit.mcs.precheck;
