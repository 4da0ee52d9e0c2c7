/** Frames as bytes. */
package org.godwit.disk.wire;
