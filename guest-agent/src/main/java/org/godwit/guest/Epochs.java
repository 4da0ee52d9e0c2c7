package org.godwit.guest;

import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;

/** The highest epoch that a guest has seen, beyond its reboots. */
interface Epochs {

    /** Of a guest without a disk, whose host has to refuse for it what is over. */
    Epochs FORGOTTEN = new Epochs() {
        @Override
        public Epoch highest(HomeAddress hoa) {
            return Epoch.NONE;
        }

        @Override
        public void keep(HomeAddress hoa, Epoch epoch) {
            // There is no place for it.
        }
    };

    /** None for a HoA that nothing was kept of: a copy of the disk of another VM tells nothing about this one. */
    Epoch highest(HomeAddress hoa);

    /** On disk when it returns. @throws java.io.UncheckedIOException when it cannot be kept */
    void keep(HomeAddress hoa, Epoch epoch);
}
