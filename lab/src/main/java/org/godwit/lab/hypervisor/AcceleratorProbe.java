package org.godwit.lab.hypervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.godwit.lab.LabException;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Processes;

/**
 * Finds out whether KVM works by booting a guest with it. That /dev/kvm exists proves nothing: there are machines on which
 * QEMU takes it gladly and the guest then never leaves its firmware, with a core spinning.
 */
public final class AcceleratorProbe {

    private static final Path DEVICE = Path.of("/dev/kvm");

    /** A guest that boots under KVM says its word in well under two seconds. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** timeout(1) has killed QEMU by then, and does so even when this process should end in between. */
    private static final Duration BEYOND_LIMIT = Duration.ofSeconds(3);

    private static Accelerator known;

    private AcceleratorProbe() {}

    /** What this machine really has. Tried once in the life of this process; takes up to five seconds. */
    public static synchronized Accelerator probe(GuestImages images) {
        if (known == null) {
            known = Files.exists(DEVICE) && boots(images.probe(), "kvm", LIMIT) ? Accelerator.KVM : Accelerator.TCG;
        }
        return known;
    }

    /** Whether a guest boots with QEMU's accelerator of this name. The process has ended, killed or not, on return. */
    static boolean boots(GuestImage image, String accelerator, Duration limit) {
        try {
            Path serial = Files.createTempFile("godwit-accelerator-", ".log");
            try {
                Processes.run(limit.plus(BEYOND_LIMIT), command(image, accelerator, limit, serial));
                return Files.readString(serial).contains(GuestImages.PROBE_WORD);
            } finally {
                Files.delete(serial);
            }
        } catch (LabException e) {
            // It failed to start, or it hung and was killed: both mean no.
            return false;
        } catch (IOException e) {
            throw new LabException("the accelerator probe cannot keep its guest's words", e);
        }
    }

    private static List<String> command(GuestImage image, String accelerator, Duration limit, Path serial) {
        return List.of("timeout", "--signal=KILL", Double.toString(limit.toMillis() / 1000.0), "qemu-system-x86_64",
                "-accel",
                accelerator, "-machine", "q35", "-cpu", "max", "-m", "128",
                "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "file:" + serial,
                "-kernel", image.kernel().toString(), "-initrd", image.initrd().toString(), "-append",
                "console=ttyS0 quiet panic=-1");
    }
}
