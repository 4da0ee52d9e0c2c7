/** Builds the guest image from Debian packages and a jlink image, once for each set of inputs. */
package org.godwit.lab.image;
