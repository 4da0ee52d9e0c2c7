package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Random;

/** What is on a disk that is moved. */
enum Stuff {

    /** Lines of a log: numbers between words. */
    COMPRESSIBLE,

    /** Nothing that anybody could make smaller. */
    RANDOM,

    /** Random, one MiB of each sixteen; the others are holes. */
    SPARSE;

    private static final int PIECE = 1 << 20;
    private static final int SPARSE_SHARE = 16;

    /** Writes a disk; always the same bytes for a size. */
    void write(Path disk, int mib) {
        Random random = new Random(mib);
        try (FileChannel file = FileChannel.open(disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mib; i++) {
                if (this != SPARSE || i % SPARSE_SHARE == 0) {
                    file.write(ByteBuffer.wrap(this == COMPRESSIBLE ? lines(PIECE, random) : noise(random)),
                            (long) i * PIECE);
                }
            }
            // A disk that ends in a hole would be shorter than it should be.
            file.write(ByteBuffer.wrap(new byte[1]), (long) mib * PIECE - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(disk + " cannot be written", e);
        }
    }

    private static byte[] noise(Random random) {
        byte[] noise = new byte[PIECE];
        random.nextBytes(noise);
        return noise;
    }

    /** So many bytes of a log. */
    static byte[] lines(int bytes, Random random) {
        StringBuilder text = new StringBuilder(bytes + 100);
        while (text.length() < bytes) {
            text.append("request ").append(random.nextLong()).append(" from client ").append(random.nextInt(1000))
                    .append(" was answered within ").append(random.nextInt(100)).append(" ms\n");
        }
        return text.substring(0, bytes).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
