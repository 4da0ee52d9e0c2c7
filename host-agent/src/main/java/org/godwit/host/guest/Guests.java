package org.godwit.host.guest;

import java.nio.file.Path;
import java.time.Duration;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestRequest;

/** Asks guest agents. */
public interface Guests {

    /**
     * Sends a request and waits for its answer.
     *
     * @param channel the host's socket of the VM's channel
     * @return the guest's words, well-formed but not otherwise to be believed; possibly a refusal
     * @throws GuestSilentException when no answer came in time
     */
    GuestReply ask(Path channel, GuestRequest request, Duration timeLimit);
}
