/** The processes of Godwit in the lab: control server, host agents, a correspondent's agent, and the godwit command. */
package org.godwit.lab.house;
