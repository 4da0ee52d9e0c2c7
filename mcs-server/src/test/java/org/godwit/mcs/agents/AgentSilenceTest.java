package org.godwit.mcs.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.godwit.model.Name;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Heartbeat;
import org.godwit.protocol.agent.McsFrame;
import org.junit.jupiter.api.Test;

class AgentSilenceTest {

    private static final Name HOST = Name.of("host-a");

    @Test
    void anAgentIsSilentFromItsLastFrameOn() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
        try (AgentSessions sessions = new AgentSessions(Duration.ofMinutes(1), now::get)) {
            assertThat(sessions.silence(HOST)).isZero();
            AgentSessions.Session session = new Session();
            sessions.opened(HOST, session);
            now.addAndGet(Duration.ofSeconds(3).toNanos());
            assertThat(sessions.silence(HOST)).hasSeconds(3);
            sessions.received(HOST, AgentFrame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
            assertThat(sessions.silence(HOST)).isZero();
            now.addAndGet(Duration.ofSeconds(8).toNanos());
            sessions.closed(HOST, session, "the test says so");
            assertThat(sessions.silence(HOST)).as("it is not silent, but away").isZero();
        }
    }

    private static final class Session implements AgentSessions.Session {

        @Override
        public void send(McsFrame frame) {
            // nobody is there
        }

        @Override
        public void end(String reason) {
            // nobody is there
        }
    }
}
