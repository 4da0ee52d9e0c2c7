/**
 * What the control server must know of this host before a VM leaves it or comes: facts, in the words of agent.proto. Nothing is
 * judged here. What cannot be found out is said to be unknown, with the reason; one question that fails spoils no other.
 */
package org.godwit.host.precheck;
