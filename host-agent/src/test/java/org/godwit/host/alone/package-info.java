/** Where VMs stand, and what follows when nobody commands. */
package org.godwit.host.alone;
