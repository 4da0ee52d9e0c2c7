/**
 * The migration workflow as one pure function: {@code decide(state, event)} gives the next state and the effects to perform.
 *
 * <p>No clock, no input or output, no logging here; {@code org.godwit.mcs.runner} performs the effects and
 * {@code org.godwit.mcs.store} keeps the state. The diagram is in {@code docs/state-machines/migration.md}.
 */
package org.godwit.mcs.workflow;
