/** Tests of the mapping server's wire. */
package org.godwit.protocol.lisp;
