package org.godwit.protocol.guest;

import org.godwit.testing.Fuzzing;
import org.junit.jupiter.api.Test;

class FuzzTest {

    @Test
    void whateverComesOnTheGuestsChannelIsUnderstoodOrRefused() {
        Fuzzing.run(GuestChannelFuzz.class, GuestChannelFuzz.seeds());
    }
}
