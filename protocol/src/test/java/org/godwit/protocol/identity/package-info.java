/** Tests of what identities are written as. */
package org.godwit.protocol.identity;
