package org.godwit.lab.image;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * What a guest boots from.
 *
 * @param kernel Debian's cloud kernel
 * @param initrd everything else: a compressed initramfs, which stays the root file system
 */
public record GuestImage(Path kernel, Path initrd) {

    public GuestImage {
        requireNonNull(kernel, "kernel is null");
        requireNonNull(initrd, "initrd is null");
    }
}
