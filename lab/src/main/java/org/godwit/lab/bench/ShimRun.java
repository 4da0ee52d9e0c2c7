package org.godwit.lab.bench;

/**
 * One turn of one way.
 *
 * @param tcpGbitPerS of payload that arrived, one stream
 * @param udpSentKpps datagrams that the sender's kernel took, thousands a second
 * @param udpDeliveredKpps datagrams that the receiver read, thousands a second
 */
record ShimRun(int round, Way way, double tcpGbitPerS, long tcpRetransmits, double udpSentKpps,
        double udpDeliveredKpps) {}
