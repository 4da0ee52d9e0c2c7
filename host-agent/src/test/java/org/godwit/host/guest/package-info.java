/** Tests of {@code org.godwit.host.guest}. */
package org.godwit.host.guest;
