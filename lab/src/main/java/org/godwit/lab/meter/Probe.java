package org.godwit.lab.meter;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The datagrams between the meter and the workload in the VM; {@code vmprobe.c} is the other end. Big-endian, led by a magic
 * number and the kind.
 */
sealed interface Probe {

    int MAGIC = 0x47574431;
    int SIZE = 32;

    /**
     * From the correspondent to the VM.
     *
     * @param sentNs by the correspondent's clock, which alone can read it
     * @param intervalNs how often the VM shall send its own probes
     */
    record Outbound(long seq, long sentNs, long intervalNs) implements Probe {

        void writeTo(ByteBuffer buffer) {
            buffer.putInt(MAGIC).putInt(1).putLong(seq).putLong(sentNs).putLong(intervalNs);
        }

        /** For who stands where the VM stands; what else comes there is none of the meter's. */
        static Optional<Outbound> readFrom(ByteBuffer buffer) {
            return buffer.remaining() == SIZE && buffer.getInt() == MAGIC && buffer.getInt() == 1
                    ? Optional.of(new Outbound(buffer.getLong(), buffer.getLong(), buffer.getLong()))
                    : Optional.empty();
        }
    }

    /** The VM's echo of an outbound one, sent at once. @param received how many different ones had reached the VM by then */
    record Echo(long seq, long sentNs, long received) implements Probe {

        void writeTo(ByteBuffer buffer) {
            buffer.putInt(MAGIC).putInt(2).putLong(seq).putLong(sentNs).putLong(received);
        }
    }

    /** The VM's own, while it runs. */
    record Inbound(long seq) implements Probe {

        void writeTo(ByteBuffer buffer) {
            buffer.putInt(MAGIC).putInt(3).putLong(seq).putLong(0).putLong(0);
        }
    }

    /** Reads what arrived; anything else than an echo or an inbound probe is not for us. */
    static Optional<Probe> read(ByteBuffer buffer) {
        if (buffer.remaining() != SIZE || buffer.getInt() != MAGIC) {
            return Optional.empty();
        }
        return switch (buffer.getInt()) {
            case 2 -> Optional.of(new Echo(buffer.getLong(), buffer.getLong(), buffer.getLong()));
            case 3 -> Optional.of(new Inbound(buffer.getLong()));
            default -> Optional.empty();
        };
    }
}
