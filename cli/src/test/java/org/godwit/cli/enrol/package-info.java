/** Tests of what is done on a host. */
package org.godwit.cli.enrol;
