package org.godwit.disk.mover;

import java.util.concurrent.atomic.LongAdder;
import org.godwit.disk.mover.Shipped.Amounts;

/** Counts what all connections of a transfer have done. */
final class Tally {

    private final LongAdder settled = new LongAdder();
    private final LongAdder zero = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder wireBytes = new LongAdder();

    void zeroes(long chunks) {
        zero.add(chunks);
        settled.add(chunks);
    }

    void sent(int plainBytes, int onTheWire) {
        sent.increment();
        sentBytes.add(plainBytes);
        wireBytes.add(onTheWire);
        settled.increment();
    }

    void present() {
        settled.increment();
    }

    Amounts amounts(long chunksMax) {
        return new Amounts(settled.sum(), chunksMax, zero.sum(), sent.sum(), sentBytes.sum(), wireBytes.sum());
    }
}
