package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What we need of libbpf 1.x: from Debian 12's 1.1 on. Handles are the addresses of its structures. Functions that return
 * {@code int} return the negative error number themselves; those that return a pointer leave it in {@code errno}.
 */
final class Libbpf {

    /** Enough for the verifier's last words. */
    private static final int LOG_BYTES = 64 * 1024;

    private static final SymbolLookup LIBRARY = NativeCall.library("libbpf.so.1", "libbpf1");
    private static final NativeCall ATTACH = find("bpf_program__attach");
    private static final NativeCall CLOSE_OBJECT = find("bpf_object__close");
    private static final NativeCall CPUS = find("libbpf_num_possible_cpus");
    private static final NativeCall DELETE = find("bpf_map_delete_elem");
    private static final NativeCall DESTROY_LINK = find("bpf_link__destroy");
    private static final NativeCall FIND_MAP = find("bpf_object__find_map_by_name");
    private static final NativeCall FIND_MAP_FD = find("bpf_object__find_map_fd_by_name");
    private static final NativeCall FIND_PROGRAM = find("bpf_object__find_program_by_name");
    private static final NativeCall GET_PINNED = find("bpf_obj_get");
    private static final NativeCall INFO = find("bpf_obj_get_info_by_fd");
    private static final NativeCall LINK_FD = find("bpf_link__fd");
    private static final NativeCall LOAD = find("bpf_object__load");
    private static final NativeCall LOOKUP = find("bpf_map_lookup_elem");
    private static final NativeCall MAP_ENTRIES = find("bpf_map__max_entries");
    private static final NativeCall MAP_FLAGS = find("bpf_map__map_flags");
    private static final NativeCall MAP_KEY = find("bpf_map__key_size");
    private static final NativeCall MAP_TYPE = find("bpf_map__type");
    private static final NativeCall MAP_VALUE = find("bpf_map__value_size");
    private static final NativeCall NEXT_KEY = find("bpf_map_get_next_key");
    private static final NativeCall OPEN = find("bpf_object__open_mem");
    private static final NativeCall PIN = find("bpf_obj_pin");
    private static final NativeCall PROGRAM_FD = find("bpf_program__fd");
    private static final NativeCall REUSE_MAP = find("bpf_map__reuse_fd");
    private static final NativeCall SET_AUTOLOAD = find("bpf_program__set_autoload");
    private static final NativeCall TC_ATTACH = find("bpf_tc_attach");
    private static final NativeCall TC_DETACH = find("bpf_tc_detach");
    private static final NativeCall TC_HOOK_CREATE = find("bpf_tc_hook_create");
    private static final NativeCall TC_HOOK_DESTROY = find("bpf_tc_hook_destroy");
    private static final NativeCall UPDATE = find("bpf_map_update_elem");

    private static final int ENOENT = 2;
    private static final int E2BIG = 7;
    private static final int EEXIST = 17;

    /** struct bpf_tc_hook { size_t sz; int ifindex; enum attach_point; __u32 parent; } */
    private static final int TC_HOOK_BYTES = 24;

    /** struct bpf_tc_opts { size_t sz; int prog_fd; __u32 flags, prog_id, handle, priority; } */
    private static final int TC_OPTIONS_BYTES = 32;
    private static final int TC_FLAG_REPLACE = 1;

    /** The shim's place among the filters that others may have on the same interface: "MA". */
    static final int SHIM_PRIORITY = 0x4d41;

    /** The relay's: "MR". */
    static final int RELAY_PRIORITY = 0x4d52;
    private static final int TC_HANDLE = 1;

    static {
        // libbpf's own words go to stderr; what failed is in our exceptions, with the verifier's log.
        find("libbpf_set_print").call(0);
    }

    private Libbpf() {}

    /** Where a tc program sits. The numbers are libbpf's. */
    enum Hook {

        INGRESS(1, 46), EGRESS(2, 47);

        private final int number;

        /** BPF_TCX_INGRESS, BPF_TCX_EGRESS */
        final int tcx;

        Hook(int number, int tcx) {
            this.number = number;
            this.tcx = tcx;
        }
    }

    static NativeCall find(String name) {
        return NativeCall.of(LIBRARY, name);
    }

    /**
     * Opens and loads an object, that is, makes its maps and has its programs verified.
     *
     * @param without a program that is not to be loaded, or the empty text
     * @param maps those that are not to be made, because they are there, by name; the caller's file descriptors stay his
     * @return the object
     */
    static long load(byte[] elf, String without, Map<String, Integer> maps) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment log = arena.allocate(LOG_BYTES);
            long object = open(elf, log, arena);
            if (!without.isEmpty()) {
                SET_AUTOLOAD.call(program(object, without), 0);
            }
            maps.forEach((name, fd) -> checked(REUSE_MAP.call(map(object, name), fd).number(),
                    "the BPF map " + name + " cannot be used again"));
            int error = LOAD.call(object).number();
            if (error < 0) {
                CLOSE_OBJECT.call(object);
                throw new ShimException("the kernel refuses the BPF programs: " + Libc.message(-error)
                        + lastLines(log.getString(0)));
            }
            return object;
        }
    }

    static long load(byte[] elf, String without) {
        return load(elf, without, Map.of());
    }

    /** What an object asks for, without loading it. */
    static Map<String, MapShape> shapes(byte[] elf, Collection<String> maps) {
        try (Arena arena = Arena.ofConfined()) {
            long object = open(elf, arena.allocate(LOG_BYTES), arena);
            try {
                Map<String, MapShape> shapes = new HashMap<>();
                for (String name : maps) {
                    long map = map(object, name);
                    shapes.put(name,
                            new MapShape(MAP_TYPE.call(map).number(), MAP_KEY.call(map).number(),
                                    MAP_VALUE.call(map).number(), MAP_ENTRIES.call(map).number(),
                                    MAP_FLAGS.call(map).number()));
                }
                return shapes;
            } finally {
                CLOSE_OBJECT.call(object);
            }
        }
    }

    /** What the kernel has. */
    static MapShape shape(int mapFd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(MapShape.INFO_BYTES, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, MapShape.INFO_BYTES);
            checked(INFO.call(mapFd, info.address(), length.address()).number(), "a BPF map does not tell its form");
            return MapShape.read(info);
        }
    }

    private static long map(long object, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long map = FIND_MAP.call(object, arena.allocateFrom(name).address()).word();
            if (map == 0) {
                throw new ShimException("the BPF object has no map " + name);
            }
            return map;
        }
    }

    private static long open(byte[] elf, MemorySegment log, Arena arena) {
        MemorySegment image = arena.allocate(elf.length, Long.BYTES);
        MemorySegment.copy(elf, 0, image, ValueLayout.JAVA_BYTE, 0, elf.length);
        // struct bpf_object_open_opts: sz, object_name at 8, kernel_log_buf at 56, kernel_log_size at 64.
        MemorySegment options = arena.allocate(80, Long.BYTES);
        options.set(ValueLayout.JAVA_LONG, 0, options.byteSize());
        options.set(ValueLayout.JAVA_LONG, 8, arena.allocateFrom("mat").address());
        options.set(ValueLayout.JAVA_LONG, 56, log.address());
        options.set(ValueLayout.JAVA_LONG, 64, log.byteSize());
        NativeCall.Result result = OPEN.call(image.address(), elf.length, options.address());
        if (result.word() == 0) {
            throw new ShimException("libbpf cannot read the BPF object: " + Libc.message(result.errno()));
        }
        return result.word();
    }

    private static String lastLines(String log) {
        String[] lines = log.strip().split("\n");
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, lines.length - 12); i < lines.length; i++) {
            text.append('\n').append(lines[i]);
        }
        return text.toString();
    }

    /** Frees an object: its maps and programs live on where they are pinned, attached or mapped. */
    static void close(long object) {
        CLOSE_OBJECT.call(object);
    }

    static int mapFd(long object, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return checked(FIND_MAP_FD.call(object, arena.allocateFrom(name).address()).number(),
                    "the BPF object has no map " + name);
        }
    }

    private static long program(long object, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long program = FIND_PROGRAM.call(object, arena.allocateFrom(name).address()).word();
            if (program == 0) {
                throw new ShimException("the BPF object has no program " + name);
            }
            return program;
        }
    }

    static int programFd(long object, String name) {
        return checked(PROGRAM_FD.call(program(object, name)).number(), "the program " + name + " is not loaded");
    }

    /** Attaches a tracing program where its section says. Returns the link. */
    static long attach(long object, String name) {
        NativeCall.Result result = ATTACH.call(program(object, name));
        if (result.word() == 0) {
            throw new ShimException(name + " cannot be attached: " + Libc.message(result.errno()));
        }
        return result.word();
    }

    static int linkFd(long link) {
        return LINK_FD.call(link).number();
    }

    /** Lets go of a link; what it attached stays if it is pinned. */
    static void destroyLink(long link) {
        DESTROY_LINK.call(link);
    }

    static void pin(int fd, Path file) {
        try (Arena arena = Arena.ofConfined()) {
            checked(PIN.call(fd, arena.allocateFrom(file.toString()).address()).number(), "cannot pin " + file);
        }
    }

    static int getPinned(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            return checked(GET_PINNED.call(arena.allocateFrom(file.toString()).address()).number(),
                    "cannot open the pinned " + file);
        }
    }

    /** So many bytes of struct bpf_prog_info. */
    static ByteBuffer programInfo(int programFd, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(bytes, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, bytes);
            checked(INFO.call(programFd, info.address(), length.address()).number(),
                    "a BPF program does not tell about itself");
            return BpfMap.buffer(bytes).put(0, info.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /**
     * Puts a filter on an interface, or replaces the one that we put there before with this priority, at one stroke.
     *
     * @return whether the interface got a clsact qdisc for it
     */
    static boolean attach(int interfaceIndex, Hook hook, int programFd, int priority) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = place(interfaceIndex, hook, arena);
            int error = TC_HOOK_CREATE.call(place.address()).number();
            if (error != -EEXIST) {
                checked(error, "interface " + interfaceIndex + " takes no clsact qdisc (module sch_ingress)");
            }
            MemorySegment options = options(priority, arena);
            options.set(ValueLayout.JAVA_INT, 8, programFd);
            options.set(ValueLayout.JAVA_INT, 12, TC_FLAG_REPLACE);
            checked(TC_ATTACH.call(place.address(), options.address()).number(),
                    "interface " + interfaceIndex + " takes no BPF filter (module cls_bpf)");
            return error != -EEXIST;
        }
    }

    /** Removes the clsact qdisc with all filters in it; nothing happens when there is none. */
    static void removeQdisc(int interfaceIndex) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = place(interfaceIndex, Hook.INGRESS, arena);
            place.set(ValueLayout.JAVA_INT, 12, Hook.INGRESS.number | Hook.EGRESS.number);
            TC_HOOK_DESTROY.call(place.address());
        }
    }

    /** Takes our program off an interface; nothing happens when there is none. */
    static void detach(int interfaceIndex, Hook hook, int priority) {
        try (Arena arena = Arena.ofConfined()) {
            TC_DETACH.call(place(interfaceIndex, hook, arena).address(), options(priority, arena).address());
        }
    }

    private static MemorySegment place(int interfaceIndex, Hook hook, Arena arena) {
        MemorySegment place = arena.allocate(TC_HOOK_BYTES, Long.BYTES);
        place.set(ValueLayout.JAVA_LONG, 0, place.byteSize());
        place.set(ValueLayout.JAVA_INT, 8, interfaceIndex);
        place.set(ValueLayout.JAVA_INT, 12, hook.number);
        return place;
    }

    private static MemorySegment options(int priority, Arena arena) {
        MemorySegment options = arena.allocate(TC_OPTIONS_BYTES, Long.BYTES);
        options.set(ValueLayout.JAVA_LONG, 0, options.byteSize());
        options.set(ValueLayout.JAVA_INT, 20, TC_HANDLE);
        options.set(ValueLayout.JAVA_INT, 24, priority);
        return options;
    }

    static void update(int map, byte[] key, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            int error = UPDATE.call(map, copy(key, arena), copy(value, arena), 0).number();
            if (error == -E2BIG) {
                throw new ShimException("its BPF map is full");
            }
            checked(error, "a BPF map refuses an entry");
        }
    }

    /** @return whether there was one; then {@code value} is filled */
    static boolean lookup(int map, byte[] key, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(value.length, Long.BYTES);
            int error = LOOKUP.call(map, copy(key, arena), found.address()).number();
            if (error == -ENOENT) {
                return false;
            }
            checked(error, "a BPF map cannot be read");
            MemorySegment.copy(found, ValueLayout.JAVA_BYTE, 0, value, 0, value.length);
            return true;
        }
    }

    /** Nothing happens when there is none. */
    static void delete(int map, byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            int error = DELETE.call(map, copy(key, arena)).number();
            if (error != -ENOENT) {
                checked(error, "a BPF map does not let go of an entry");
            }
        }
    }

    /** @param after empty for the first key @return empty when there is no further one */
    static Optional<byte[]> nextKey(int map, Optional<byte[]> after, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment next = arena.allocate(bytes, Long.BYTES);
            long before = after.map(key -> copy(key, arena)).orElse(MemorySegment.NULL.address());
            int error = NEXT_KEY.call(map, before, next.address()).number();
            if (error == -ENOENT) {
                return Optional.empty();
            }
            checked(error, "a BPF map cannot be walked");
            return Optional.of(next.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** How many values an element of a per-processor map has. */
    static int processors() {
        return checked(CPUS.call().number(), "the processors cannot be counted");
    }

    private static long copy(byte[] bytes, Arena arena) {
        MemorySegment copy = arena.allocate(bytes.length, Long.BYTES);
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return copy.address();
    }

    private static int checked(int result, String complaint) {
        if (result < 0) {
            throw new ShimException(complaint + ": " + Libc.message(-result));
        }
        return result;
    }
}
