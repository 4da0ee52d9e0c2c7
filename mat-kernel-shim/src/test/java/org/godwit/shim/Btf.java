package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The types that a BPF object says it uses. The object stays open until the JVM ends. */
@SuppressWarnings("restricted") // libbpf hands out addresses of its type records
final class Btf {

    private static final SymbolLookup LIBRARY = NativeCall.library("libbpf.so.1", "libbpf1");
    private static final NativeCall PARSE = NativeCall.of(LIBRARY, "btf__parse");
    private static final NativeCall FIND = NativeCall.of(LIBRARY, "btf__find_by_name_kind");
    private static final NativeCall TYPE = NativeCall.of(LIBRARY, "btf__type_by_id");
    private static final NativeCall NAME = NativeCall.of(LIBRARY, "btf__name_by_offset");
    private static final int KIND_STRUCT = 4;
    private static final int KIND_ENUM = 6;
    private static final int TYPE_BYTES = 12;

    private final long btf;

    Btf(Path object) {
        try (Arena arena = Arena.ofConfined()) {
            btf = PARSE.call(arena.allocateFrom(object.toString()).address(), 0).word();
        }
        if (btf == 0) {
            throw new AssertionError("no type information in " + object);
        }
    }

    int structBytes(String name) {
        return type(name, KIND_STRUCT).get(ValueLayout.JAVA_INT, 8);
    }

    /** Members with their offsets in bytes. */
    Map<String, Integer> offsets(String name) {
        MemorySegment type = type(name, KIND_STRUCT);
        Map<String, Integer> offsets = new LinkedHashMap<>();
        for (int i = 0; i < members(type); i++) {
            long at = TYPE_BYTES + 12L * i;
            offsets.put(text(type.get(ValueLayout.JAVA_INT, at)), type.get(ValueLayout.JAVA_INT, at + 8) / 8);
        }
        return offsets;
    }

    Map<String, Integer> enumerators(String name) {
        MemorySegment type = type(name, KIND_ENUM);
        Map<String, Integer> values = new LinkedHashMap<>();
        for (int i = 0; i < members(type); i++) {
            long at = TYPE_BYTES + 8L * i;
            values.put(text(type.get(ValueLayout.JAVA_INT, at)), type.get(ValueLayout.JAVA_INT, at + 4));
        }
        return values;
    }

    private MemorySegment type(String name, int kind) {
        try (Arena arena = Arena.ofConfined()) {
            int id = FIND.call(btf, arena.allocateFrom(name).address(), kind).number();
            if (id < 0) {
                throw new AssertionError("the object does not use " + name);
            }
            return MemorySegment.ofAddress(TYPE.call(btf, id).word()).reinterpret(Long.MAX_VALUE);
        }
    }

    private static int members(MemorySegment type) {
        return type.get(ValueLayout.JAVA_INT, 4) & 0xffff;
    }

    private String text(int offset) {
        return MemorySegment.ofAddress(NAME.call(btf, offset).word()).reinterpret(256).getString(0);
    }
}
