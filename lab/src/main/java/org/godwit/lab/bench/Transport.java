package org.godwit.lab.bench;

/** How a disk gets from one node to the other. */
enum Transport {

    /** Our own: TLS, flushed and compared in the end. */
    MOVER("mover (TLS, verified)"),

    /** {@code qemu-img convert} to a {@code qemu-nbd} over TCP, flushed; neither encrypted nor compared. */
    QEMU_IMG("qemu-img over NBD"),

    /** {@code rsync --whole-file --sparse --fsync} to its daemon; neither encrypted nor compared. */
    RSYNC("rsync");

    private final String title;

    Transport(String title) {
        this.title = title;
    }

    @Override
    public String toString() {
        return title;
    }
}
