/** Tests of {@code org.godwit.host.network}. */
package org.godwit.host.network;
