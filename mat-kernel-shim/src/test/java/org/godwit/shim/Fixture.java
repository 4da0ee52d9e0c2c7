package org.godwit.shim;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.godwit.shim.TestRun.Verdict;

/**
 * One packet and what must become of it.
 *
 * @param program the program that it goes through
 * @param out the frame afterwards; empty when it is dropped
 * @param counts by how much counters rise; all others must stay
 */
record Fixture(String name, String program, byte[] in, Verdict verdict, Optional<byte[]> out,
        Map<Counter, Long> counts) {

    static Fixture translated(String name, String program, byte[] in, byte[] out, Counter... counts) {
        Verdict verdict = program.equals(Abi.PROGRAM_EGRESS) ? Verdict.REDIRECT : Verdict.PASS;
        Counter direction = program.equals(Abi.PROGRAM_EGRESS) ? Counter.TRANSLATED_OUT : Counter.TRANSLATED_IN;
        return new Fixture(name, program, Packets.frame(in), verdict, Optional.of(Packets.frame(out)),
                with(direction, once(counts)));
    }

    static Fixture untouched(String name, String program, byte[] packet, Counter... counts) {
        byte[] frame = Packets.frame(packet);
        return new Fixture(name, program, frame, Verdict.PASS, Optional.of(frame), once(counts));
    }

    static Fixture dropped(String name, String program, byte[] in, Counter why) {
        return new Fixture(name, program, Packets.frame(in), Verdict.DROP, Optional.empty(), once(why));
    }

    private static Map<Counter, Long> once(Counter... counters) {
        Map<Counter, Long> counts = new EnumMap<>(Counter.class);
        for (Counter counter : counters) {
            counts.put(counter, 1L);
        }
        return counts;
    }

    private static Map<Counter, Long> with(Counter counter, Map<Counter, Long> counts) {
        counts.put(counter, 1L);
        return counts;
    }

    @Override
    public String toString() {
        return name;
    }
}
