/** The agent on a hypervisor host: its commands, and how its parts are put together. */
package org.godwit.host;
