/** What is done on a host so that it can serve: what it is, the agent's package, its settings, its token, its service. */
package org.godwit.cli.enrol;
