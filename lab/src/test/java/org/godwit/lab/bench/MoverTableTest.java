package org.godwit.lab.bench;

import java.util.List;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class MoverTableTest {

    @Test
    void transportsStandBesideEachOtherForEachKindOfDisk() {
        Golden.assertMatches("bench/mover.txt", MoverTable.render(
                List.of(new MoverRun(1, Stuff.RANDOM, Transport.MOVER, 8, 256, 2070.4, 190, 170),
                        new MoverRun(1, Stuff.RANDOM, Transport.QEMU_IMG, 4, 512, 2060, null, null),
                        new MoverRun(2, Stuff.RANDOM, Transport.MOVER, 16, 128, 2071, 191, 169),
                        new MoverRun(1, Stuff.SPARSE, Transport.RSYNC, 2, 1024, 130, null, null))));
    }
}
