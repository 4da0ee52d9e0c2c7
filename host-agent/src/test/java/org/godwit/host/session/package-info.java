/** Tests of {@code org.godwit.host.session}. */
package org.godwit.host.session;
