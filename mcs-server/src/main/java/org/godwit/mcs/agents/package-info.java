/**
 * Sessions with the host agents, which dial in (agent.proto). A command outlives the session that it was sent in: it is sent
 * again when its agent comes back, and given up when that takes too long.
 */
package org.godwit.mcs.agents;
