package org.godwit.model;

import java.util.Locale;

/** How memory is made smaller on its way. */
public enum Compression {

    /** Not at all. */
    NONE(false),

    /** Of a page that is sent again only what has changed (QEMU's {@code xbzrle}). For VMs that write the same pages again. */
    XBZRLE(false),

    /** By zlib, on several threads (QEMU's {@code compress}; gone since 9.1). */
    MT(false),

    /** By zlib, on each of several connections. libvirt has it since 9.4. */
    ZLIB(true),

    /** By Zstandard, on each of several connections. libvirt has it since 9.4. */
    ZSTD(true);

    private final boolean parallel;

    Compression(boolean parallel) {
        this.parallel = parallel;
    }

    /** Whether it is a matter of parallel connections; the others cannot be had together with them. */
    public boolean isParallel() {
        return parallel;
    }

    /** As people, programs and libvirt write it: {@code xbzrle}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming what there is */
    public static Compression of(String word) {
        return Words.of(word, values(), Compression::word, "the compression");
    }
}
