package org.godwit.host.network;

import org.godwit.testing.Fuzzing;
import org.junit.jupiter.api.Test;

class FuzzTest {

    @Test
    void aGatewayIsRefusedOrMakesNothingButItsConfiguration() {
        Fuzzing.run(RadvdFuzz.class, RadvdFuzz.seeds());
    }
}
