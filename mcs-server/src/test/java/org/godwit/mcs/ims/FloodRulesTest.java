package org.godwit.mcs.ims;

import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class FloodRulesTest {

    @Test
    void aSiteHasRoomForAllThatTheServerAllowsIt() {
        Golden.assertMatches("ims-flood.nft", FloodRules.of(ImsServer.PORT, ImsPolicy.DEFAULT));
    }
}
