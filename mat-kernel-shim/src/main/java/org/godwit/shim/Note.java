package org.godwit.shim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** The text that an agent leaves to its successor. One call to the kernel writes all of it: it is never seen half done. */
record Note(BpfMap map) {

    private static final int TEXT_BYTES_MAX = Abi.NOTE_BYTES - Abi.NOTE_TEXT;

    void write(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a note must have at most " + TEXT_BYTES_MAX + " bytes, got " + bytes.length);
        }
        map.put(BpfMap.key(0), BpfMap.buffer(Abi.NOTE_BYTES).putInt(Abi.NOTE_LENGTH, bytes.length).put(Abi.NOTE_TEXT,
                bytes));
    }

    String read() {
        ByteBuffer value = map.get(BpfMap.key(0)).orElseThrow();
        return new String(value.array(), Abi.NOTE_TEXT, value.getInt(Abi.NOTE_LENGTH), UTF_8);
    }
}
