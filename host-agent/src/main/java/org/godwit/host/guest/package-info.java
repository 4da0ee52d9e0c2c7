/** The host's end of the channel into a VM. The guest is not trusted: what it says is a report, bounded and checked. */
package org.godwit.host.guest;
