package org.godwit.host.command;

import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;

/** Where outcomes and notices go, from any thread. */
public interface Outbox {

    /** Delivered now, or when the MCS is there again. */
    void deliver(Outcome outcome);

    /** Told now, or never: a notice that waited would mislead. */
    void tell(Notice notice);

    /** Delivered in this session and in every other one until the MCS has said that it has recorded it; survives the process. */
    void report(Deed deed);
}
