package org.godwit.shim;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The compiled programs. @param elf the object file as clang made it */
record ProgramBuild(byte[] elf) {

    private static final String RESOURCE = "mat.bpf.o";
    private static final int ID_BYTES = 8;

    /** @throws ShimException when this build of the jar has none */
    static ProgramBuild ofThisJar() {
        try (InputStream resource = ProgramBuild.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new ShimException("this build has no BPF object, because there was no /usr/bin/clang when it was "
                        + "made: install clang and libbpf-dev and build again");
            }
            return new ProgramBuild(resource.readAllBytes());
        } catch (IOException e) {
            throw new ShimException("the BPF object cannot be read from the jar", e);
        }
    }

    /** Two builds with the same are the same. Hexadecimal, since names in a BPF file system take no dots. */
    String id() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(elf);
            return HexFormat.of().formatHex(Arrays.copyOf(digest, ID_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
