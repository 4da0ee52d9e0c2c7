package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Programs that sit on an interface by themselves, without a qdisc: Linux 6.6 and later. Ours are known by their names. */
final class Tcx {

    private static final NativeCall ATTACH = Libbpf.find("bpf_prog_attach_opts");
    private static final NativeCall DETACH = Libbpf.find("bpf_prog_detach2");
    private static final NativeCall OPEN = Libbpf.find("bpf_prog_get_fd_by_id");
    private static final NativeCall QUERY = Libbpf.find("bpf_prog_query");

    /** BPF_F_REPLACE */
    private static final int REPLACE = 1 << 2;

    /** The most that the kernel takes in one place. */
    private static final int PROGRAMS_MAX = 64;

    /** struct bpf_prog_attach_opts { size_t sz; unsigned int flags; int replace_prog_fd; } */
    private static final int OPTIONS_BYTES = 16;

    /** struct bpf_prog_info, up to the name, which ends with a zero. */
    private static final int INFO_BYTES = 80;
    private static final int INFO_NAME = 64;
    private static final String OURS = "mat_";

    private Tcx() {}

    /** A program that sits somewhere. @param name cut to 15 characters */
    record Attached(int id, String name) {}

    /**
     * Puts a program on an interface, or replaces the one that we put there before, at one stroke.
     *
     * @return false when this kernel cannot
     */
    static boolean attach(int interfaceIndex, Libbpf.Hook hook, int programFd) {
        Optional<List<Attached>> present = programs(interfaceIndex, hook);
        if (present.isEmpty()) {
            return false;
        }
        Optional<Attached> ours = ours(present.get());
        if (ours.map(Attached::id).equals(Optional.of(Libbpf.programInfo(programFd, INFO_BYTES)
                .getInt(Integer.BYTES)))) {
            return true;
        }
        Optional<Integer> before = ours.map(program -> OPEN.call(program.id()).number());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = arena.allocate(OPTIONS_BYTES, Long.BYTES);
            options.set(ValueLayout.JAVA_LONG, 0, options.byteSize());
            before.ifPresent(fd -> {
                options.set(ValueLayout.JAVA_INT, 8, REPLACE);
                options.set(ValueLayout.JAVA_INT, 12, fd);
            });
            return ATTACH.call(programFd, interfaceIndex, hook.tcx, options.address()).number() == 0;
        } finally {
            before.ifPresent(Libc::close);
        }
    }

    /** Takes our program off an interface; nothing happens when there is none. */
    static void detach(int interfaceIndex, Libbpf.Hook hook) {
        programs(interfaceIndex, hook).flatMap(Tcx::ours).ifPresent(program -> {
            int fd = OPEN.call(program.id()).number();
            DETACH.call(fd, interfaceIndex, hook.tcx);
            Libc.close(fd);
        });
    }

    private static Optional<Attached> ours(List<Attached> programs) {
        return programs.stream().filter(program -> program.name().startsWith(OURS)).findFirst();
    }

    /** All that sit there, whosever they are; empty when this kernel has no such places. */
    static Optional<List<Attached>> programs(int interfaceIndex, Libbpf.Hook hook) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, PROGRAMS_MAX);
            MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, PROGRAMS_MAX);
            int error = QUERY.call(interfaceIndex, hook.tcx, 0, flags.address(), ids.address(), count.address())
                    .number();
            if (error < 0) {
                return Optional.empty();
            }
            return Optional.of(IntStream.range(0, count.get(ValueLayout.JAVA_INT, 0))
                    .mapToObj(i -> ids.getAtIndex(ValueLayout.JAVA_INT, i)).map(id -> new Attached(id, name(id)))
                    .toList());
        }
    }

    /** Nothing when the program has gone meanwhile. */
    private static String name(int id) {
        int fd = OPEN.call(id).number();
        if (fd < 0) {
            return "";
        }
        try {
            byte[] name = new byte[INFO_BYTES - INFO_NAME];
            Libbpf.programInfo(fd, INFO_BYTES).get(INFO_NAME, name);
            return new String(name, StandardCharsets.US_ASCII).split("\0", 2)[0];
        } finally {
            Libc.close(fd);
        }
    }
}
