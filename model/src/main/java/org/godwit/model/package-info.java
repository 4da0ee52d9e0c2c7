/**
 * The field's vocabulary as values that cannot be wrong: addresses, bindings, topology, migration phases.
 *
 * <p>Nothing here does input or output, reads a clock or logs. Every other module may depend on this one; it depends on
 * {@code java.base} and IPAddress only.
 */
package org.godwit.model;
