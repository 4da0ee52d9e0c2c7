package org.godwit.disk.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** SHA-256 of a chunk, or of what is made of such. */
public final class ChunkHash {

    public static final int LENGTH = 32;

    /** Stands for a chunk of zeroes in digests. It is the hash of nothing that anybody knows. */
    public static final ChunkHash ZERO = new ChunkHash(new byte[LENGTH]);

    private final byte[] bytes;

    private ChunkHash(byte[] bytes) {
        this.bytes = bytes;
    }

    public static ChunkHash of(byte[] content, int at, int length) {
        MessageDigest sha = sha256();
        sha.update(content, at, length);
        return new ChunkHash(sha.digest());
    }

    /** @param bytes 32 of them */
    public static ChunkHash ofBytes(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a hash of " + bytes.length + " bytes: it must have " + LENGTH);
        }
        return new ChunkHash(bytes.clone());
    }

    /** A new computation. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** The first eight bytes, for tables that may err. */
    public long prefix() {
        long prefix = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            prefix = prefix << Byte.SIZE | bytes[i] & 0xff;
        }
        return prefix;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkHash hash && Arrays.equals(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return (int) prefix();
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
