/** The Migration Control Server (MCS): inventory, migration workflow, agent sessions, REST, and the mapping server inside. */
package org.godwit.mcs;
