/**
 * Two sites, an internet and real parts on one machine, as a typed API that reads like a whiteboard.
 *
 * <p>Every name that a lab gives begins with {@code gw} and its id; whatever it makes lies in its namespaces or under its
 * folder, and goes with them: on {@link org.godwit.lab.Lab#close} and, after a crash, by {@code lab/clean}, which is the
 * same script.
 */
package org.godwit.lab;
