package org.godwit.shim;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/** The kernel's counters: a number per processor each. A few of them are ours to write, which then count for the first one. */
final class Counters {

    /** Of a counter that the programs in the kernel, which may be of an older build, do not have. */
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final BpfMap map;

    Counters(int fd) {
        map = new BpfMap(fd, Libbpf.processors() * Long.BYTES);
    }

    Map<Counter, Long> sums() {
        Map<Counter, Long> sums = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            sums.put(counter, sum(counter));
        }
        return sums;
    }

    private long sum(Counter counter) {
        ByteBuffer perProcessor = map.get(BpfMap.key(counter.ordinal())).orElse(NONE);
        long sum = 0;
        while (perProcessor.hasRemaining()) {
            sum += perProcessor.getLong();
        }
        return sum;
    }

    /** For counters that the kernel never writes, and from one thread at a time. */
    void increment(Counter counter) {
        map.put(BpfMap.key(counter.ordinal()), BpfMap.buffer(map.valueBytes()).putLong(0, sum(counter) + 1));
    }
}
