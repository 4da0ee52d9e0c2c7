/** The mapping server and its client together, over sockets on the loopback. */
package org.godwit.lab.ims;
