/** Tests of {@code org.godwit.host.command}. */
package org.godwit.host.command;
