package org.godwit.mcs.agents;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.godwit.model.Name;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;

/** The host agents, as whoever commands them sees them. */
public interface Agents {

    /** Whether the host's agent has a session now. */
    boolean connected(Name host);

    /** How long nothing has been heard from the host's agent, which beats every 2 s; zero when it has no session. */
    Duration silence(Name host);

    /**
     * Sends a command now, or as soon as its agent dials in. The future ends with the agent's outcome, which may be a
     * {@code Failure}, or exceptionally with {@link AgentLostException}. Whoever gives up completes or cancels the future.
     *
     * @param notices is told, in order and before the outcome, what the agent says of this command; must not block
     */
    CompletableFuture<Outcome> perform(Name host, Command command, Consumer<Notice> notices);

    /**
     * Tells what the host's agent says of a VM of its own accord, not in the course of a command, until the watch is closed.
     *
     * @param notices must not block
     */
    Watch watch(Name host, UUID vm, Consumer<Notice> notices);

    /** Somebody listening. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
