/**
 * Performs what the workflow decides: one virtual thread for each migration, the journal before each effect, and again from
 * the journal after a restart.
 */
package org.godwit.mcs.runner;
