package org.godwit.shim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A hash or array in the kernel.
 *
 * @param valueBytes the size of a value; a larger one than the kernel's is safe, a smaller one is not
 * @param changed what to do after each change
 */
record BpfMap(int fd, int valueBytes, Runnable changed) {

    BpfMap(int fd, int valueBytes) {
        this(fd, valueBytes, () -> {});
    }

    /** A value to be filled, or a key of one number. */
    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    static byte[] key(int number) {
        return buffer(Integer.BYTES).putInt(number).array();
    }

    static int number(byte[] key) {
        return buffer(Integer.BYTES).put(key).getInt(0);
    }

    void put(byte[] key, ByteBuffer value) {
        Libbpf.update(fd, key, value.array());
        changed.run();
    }

    Optional<ByteBuffer> get(byte[] key) {
        ByteBuffer value = buffer(valueBytes);
        return Libbpf.lookup(fd, key, value.array()) ? Optional.of(value) : Optional.empty();
    }

    /** Of a hash that changes meanwhile, some may be missing. */
    List<byte[]> keys(int keyBytes) {
        List<byte[]> keys = new ArrayList<>();
        Optional<byte[]> key = Libbpf.nextKey(fd, Optional.empty(), keyBytes);
        while (key.isPresent()) {
            keys.add(key.get());
            key = Libbpf.nextKey(fd, key, keyBytes);
        }
        return keys;
    }

    void remove(byte[] key) {
        Libbpf.delete(fd, key);
        changed.run();
    }

    static byte[] address(ByteBuffer value, int offset) {
        byte[] address = new byte[Abi.ADDRESS_BYTES];
        value.get(offset, address);
        return address;
    }
}
