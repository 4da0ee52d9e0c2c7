package org.godwit.mcs.ims;

import java.net.InetSocketAddress;

/** Where datagrams leave. They may get lost, and sending never blocks. */
@FunctionalInterface
interface Outbox {

    void send(InetSocketAddress to, byte[] frame);
}
