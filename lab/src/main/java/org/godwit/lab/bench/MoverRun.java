package org.godwit.lab.bench;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One disk that was moved.
 *
 * @param seconds from the first connection until the transport says that it is done
 * @param mibPerS the disk's size by that
 * @param linkMib what went over the link, both directions, headers included
 * @param senderMb the most memory that the sending process had; empty but for the mover
 * @param receiverMb as much of the receiving one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MoverRun(int round, Stuff stuff, Transport transport, double seconds, double mibPerS, double linkMib,
        Integer senderMb, Integer receiverMb) {}
