package org.godwit.shim;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.godwit.model.Silences;

/** When packets came and went around a landing, as the programs note it. */
final class Landing {

    private final BpfMap map;

    Landing(BpfMap map) {
        this.map = map;
    }

    void forget() {
        map.put(BpfMap.key(0), BpfMap.buffer(Abi.LANDING_BYTES));
    }

    /** @see DataPlane#silences */
    Silences silences(Slot landed) {
        return read(map.get(BpfMap.key(0)).orElseThrow(), landed);
    }

    static Silences read(ByteBuffer noted, Slot landed) {
        long lastBefore = noted.getLong(Abi.LANDING_IN_LAST_NS + landed.other().ordinal() * Long.BYTES);
        long firstAfter = noted.getLong(Abi.LANDING_IN_FIRST_NS + landed.ordinal() * Long.BYTES);
        long landedAt = noted.getLong(Abi.LANDING_LANDED_NS);
        long silence = noted.getLong(Abi.LANDING_OUT_SILENCE_NS);
        boolean heardOnBothSides = lastBefore != 0 && firstAfter != 0;
        boolean sentOnBothSides = landedAt != 0 && silence != 0 && noted.getLong(Abi.LANDING_OUT_LAST_NS) >= landedAt;
        return new Silences(sentOnBothSides ? bounded(silence) : Optional.empty(),
                // What had come to the old interface before the pause may have been read after it.
                heardOnBothSides ? bounded(Math.max(0, firstAfter - lastBefore)) : Optional.empty());
    }

    private static Optional<Duration> bounded(long nanoseconds) {
        return Optional.of(Duration.ofNanos(nanoseconds)).filter(it -> it.compareTo(Silences.MAX) <= 0);
    }
}
