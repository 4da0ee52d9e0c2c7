package org.godwit.mcs.agents;

import java.time.Duration;
import org.godwit.model.Name;

/** An agent has had no session for so long that what it was commanded to do is uncertain. */
public final class AgentLostException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public AgentLostException(Name host, Duration away) {
        super("The agent of host " + host + " has had no session for " + away.toSeconds()
                + " s: check that it runs and reaches this server.");
    }
}
