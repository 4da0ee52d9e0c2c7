package org.godwit.mcs.ims;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Safe for several threads. */
public final class ImsCounters {

    private final Map<ImsCounter, LongAdder> adders = new EnumMap<>(ImsCounter.class);

    ImsCounters() {
        for (ImsCounter counter : ImsCounter.values()) {
            adders.put(counter, new LongAdder());
        }
    }

    void add(ImsCounter counter) {
        adders.get(counter).increment();
    }

    /** Since the start. */
    public long get(ImsCounter counter) {
        return adders.get(counter).sum();
    }
}
