package org.godwit.lab.bench;

import java.util.List;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class ShimTableTest {

    @Test
    void everyWayStandsBesidePlainAddresses() {
        Golden.assertMatches("bench/shim.txt", ShimTable.render(
                List.of(new ShimRun(1, Way.PLAIN, 40.0, 0, 500, 480), new ShimRun(1, Way.SHIM, 39.2, 3, 450, 440),
                        new ShimRun(1, Way.VXLAN, 31.25, 0, 400, 390), new ShimRun(2, Way.PLAIN, 38.0, 0, 520, 500),
                        new ShimRun(2, Way.SHIM, 38.5, 0, 470, 466)),
                List.of(new ProgramCost("mat_egress", 1000, 167_400), new ProgramCost("mat_ingress", 1001, 183_500))));
    }
}
