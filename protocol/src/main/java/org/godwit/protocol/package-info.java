/** What goes over the wires, one package a wire. Opens no socket. */
package org.godwit.protocol;
