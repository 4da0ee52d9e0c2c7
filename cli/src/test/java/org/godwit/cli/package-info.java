/** Tests of the godwit command against a server made by hand. */
package org.godwit.cli;
