package org.godwit.lab.hypervisor;

import java.nio.file.Path;

/** For labs that start no guest, and for golden text. */
public final class NoQemu {

    public static final Qemu NEEDED = new Qemu(Path.of("/usr/bin/qemu-system-x86_64"), "9.0.0", Accelerator.TCG);

    private NoQemu() {}
}
