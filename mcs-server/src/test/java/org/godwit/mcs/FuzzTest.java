package org.godwit.mcs;

import org.godwit.testing.Fuzzing;
import org.junit.jupiter.api.Test;

class FuzzTest {

    @Test
    void whateverAnOperatorPostsTheServerAnswers() {
        Fuzzing.run(RestBodyFuzz.class, RestBodyFuzz.seeds());
    }
}
