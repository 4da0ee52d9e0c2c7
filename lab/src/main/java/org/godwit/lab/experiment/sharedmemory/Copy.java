package org.godwit.lab.experiment.sharedmemory;

/** Who moves the memory. */
enum Copy {

    PRE_COPY("pre-copy, QEMU"),

    /** QEMU moves nothing but the state of the devices ({@code x-ignore-shared}). */
    FROM_OUTSIDE("from outside of QEMU");

    private final String words;

    Copy(String words) {
        this.words = words;
    }

    /** As it stands in tables. */
    @Override
    public String toString() {
        return words;
    }
}
