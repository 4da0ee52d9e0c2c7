/** The administrative channel over loopback. */
package org.godwit.mcs.admin;
