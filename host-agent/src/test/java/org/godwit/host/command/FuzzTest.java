package org.godwit.host.command;

import org.godwit.testing.Fuzzing;
import org.junit.jupiter.api.Test;

class FuzzTest {

    @Test
    void aCommandGetsOneOutcomeWhateverItHolds() {
        Fuzzing.run(CommandFuzz.class, CommandFuzz.seeds());
    }
}
