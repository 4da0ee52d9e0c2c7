package org.godwit.lab.experiment.rowdisk;

/** How a disk leaves. */
enum Way {

    /** libvirt alone, to a neighbour: QEMU mirrors the whole disk, and what is written meanwhile again and again. */
    MIRROR("mirror, libvirt"),

    /** The paper's other side: what a bitmap says was written, round by round. The VM is called back before it goes. */
    BITMAPS("block bitmaps"),

    /** Godwit, to another site. */
    LAYERS("layers, Godwit");

    private final String words;

    Way(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
