package org.godwit.mcs.agents;

import org.godwit.testing.Fuzzing;
import org.junit.jupiter.api.Test;

class FuzzTest {

    @Test
    void whateverAnAgentSendsItSpeaksForItself() {
        Fuzzing.run(AgentFramesFuzz.class, AgentFramesFuzz.seeds());
    }
}
