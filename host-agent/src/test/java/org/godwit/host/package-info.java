/** Tests of the host agent as a whole. */
package org.godwit.host;
