/** Stories of the mapping server's client. */
package org.godwit.guest.ims;
