package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One packet through a program in the kernel, without a network: BPF_PROG_TEST_RUN. */
final class TestRun {

    private static final NativeCall RUN = NativeCall.of(NativeCall.library("libbpf.so.1", "libbpf1"),
            "bpf_prog_test_run_opts");
    private static final int PACKET_BYTES_MAX = 4096;

    /** {@code struct __sk_buff} up to {@code ifindex}, which is all that we set. */
    private static final int CONTEXT_BYTES = 44;
    private static final int CONTEXT_IFINDEX = 40;

    /** BPF_F_TEST_SKB_CHECKSUM_COMPLETE: as if the NIC had summed the packet; fails when the sum is wrong afterwards. */
    static final int CHECKSUM_COMPLETE = 1 << 2;

    private TestRun() {}

    /** TC_ACT_ of linux/pkt_cls.h. */
    enum Verdict {

        PASS(-1), DROP(2), REDIRECT(7);

        private final int number;

        Verdict(int number) {
            this.number = number;
        }

        static Verdict of(int number) {
            for (Verdict verdict : values()) {
                if (verdict.number == number) {
                    return verdict;
                }
            }
            throw new AssertionError("verdict " + number);
        }
    }

    /** Whether this kernel takes {@link #CHECKSUM_COMPLETE}: Linux 6.18 obeys it, 6.1 takes and ignores it. */
    static boolean canPretendChecksumComplete(int programFd, byte[] frame) {
        try {
            run(programFd, frame, 0, CHECKSUM_COMPLETE);
            return true;
        } catch (ShimException e) {
            return false;
        }
    }

    record Outcome(Verdict verdict, byte[] frame) {}

    /** @param interfaceIndex the interface that the packet is said to be on; must exist in the namespace of this thread */
    static Outcome run(int programFd, byte[] frame, int interfaceIndex, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocate(frame.length);
            MemorySegment.copy(frame, 0, in, ValueLayout.JAVA_BYTE, 0, frame.length);
            MemorySegment out = arena.allocate(PACKET_BYTES_MAX);
            MemorySegment context = arena.allocate(CONTEXT_BYTES, 8);
            context.set(ValueLayout.JAVA_INT, CONTEXT_IFINDEX, interfaceIndex);
            // struct bpf_test_run_opts
            MemorySegment options = arena.allocate(80, 8);
            options.set(ValueLayout.JAVA_LONG, 0, options.byteSize());
            options.set(ValueLayout.JAVA_LONG, 8, in.address());
            options.set(ValueLayout.JAVA_LONG, 16, out.address());
            options.set(ValueLayout.JAVA_INT, 24, frame.length);
            options.set(ValueLayout.JAVA_INT, 28, PACKET_BYTES_MAX);
            options.set(ValueLayout.JAVA_LONG, 32, context.address());
            options.set(ValueLayout.JAVA_INT, 48, CONTEXT_BYTES);
            options.set(ValueLayout.JAVA_INT, 60, 1);
            options.set(ValueLayout.JAVA_INT, 68, flags);
            int error = RUN.call(programFd, options.address()).number();
            if (error != 0) {
                throw new ShimException("the test run fails: " + Libc.message(-error));
            }
            byte[] result = new byte[options.get(ValueLayout.JAVA_INT, 28)];
            MemorySegment.copy(out, ValueLayout.JAVA_BYTE, 0, result, 0, result.length);
            return new Outcome(Verdict.of(options.get(ValueLayout.JAVA_INT, 56)), result);
        }
    }
}
