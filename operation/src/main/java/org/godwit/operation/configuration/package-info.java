/** The configuration file of every program, read with {@code java.base} alone: the guest agent has nothing else. */
package org.godwit.operation.configuration;
