package org.godwit.shim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The form of a BPF map, as the kernel tells it ({@code struct bpf_map_info}) and as an object asks for it. */
record MapShape(int type, int keyBytes, int valueBytes, int entriesMax, int flags) {

    /** How much of {@code struct bpf_map_info} is asked for. */
    static final int INFO_BYTES = 24;

    static MapShape read(MemorySegment info) {
        return new MapShape(info.get(ValueLayout.JAVA_INT, 0), info.get(ValueLayout.JAVA_INT, 8),
                info.get(ValueLayout.JAVA_INT, 12), info.get(ValueLayout.JAVA_INT, 16),
                info.get(ValueLayout.JAVA_INT, 20));
    }

    /** Whether the other differs by having more room, and in nothing else. */
    boolean growsInto(MapShape other) {
        return other.entriesMax > entriesMax
                && other.equals(new MapShape(type, keyBytes, valueBytes, other.entriesMax, flags));
    }
}
