/** Tests of running commands on another machine. */
package org.godwit.cli.remote;
