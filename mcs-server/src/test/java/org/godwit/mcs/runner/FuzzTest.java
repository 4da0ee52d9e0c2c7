package org.godwit.mcs.runner;

import org.godwit.testing.Fuzzing;
import org.junit.jupiter.api.Test;

class FuzzTest {

    @Test
    void whateverAnAgentAnswersIsAnEvent() {
        Fuzzing.run(OutcomeFuzz.class, OutcomeFuzz.seeds());
    }
}
