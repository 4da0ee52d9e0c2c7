/**
 * What must survive a crash, in SQLite (WAL, {@code synchronous=FULL}: what was acknowledged is on the disk). Truth and
 * mutual exclusion live here and nowhere else.
 */
package org.godwit.mcs.store;
