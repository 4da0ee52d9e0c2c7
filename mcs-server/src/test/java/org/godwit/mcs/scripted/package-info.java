/** Hosts that do what a test says, behind fake or real sessions. */
package org.godwit.mcs.scripted;
