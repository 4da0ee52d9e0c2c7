/** Tests of disks that travel, on real images. */
package org.godwit.host.disk;
