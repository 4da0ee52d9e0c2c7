/** Tests of the guest channel. */
package org.godwit.protocol.guest;
