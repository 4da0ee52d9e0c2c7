/** Running commands on a machine that is reached over SSH. JSch is here and nowhere else. */
package org.godwit.cli.remote;
