/** Stories of the mapping server. */
package org.godwit.mcs.ims;
