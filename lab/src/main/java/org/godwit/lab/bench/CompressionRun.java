package org.godwit.lab.bench;

/**
 * One compression, and back.
 *
 * @param bytes before
 * @param compressed bytes after
 * @param compressionS of one processor; so is the way back
 */
record CompressionRun(int round, String data, String codec, long bytes, long compressed, double compressionS,
        double decompressionS) {

    private static final double MIB = 1 << 20;

    /** What is left of a byte. */
    double share() {
        return (double) compressed / bytes;
    }

    double compressedMibPerS() {
        return bytes / MIB / compressionS;
    }

    double decompressedMibPerS() {
        return bytes / MIB / decompressionS;
    }
}
