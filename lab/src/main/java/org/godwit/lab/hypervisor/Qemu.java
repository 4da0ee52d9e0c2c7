package org.godwit.lab.hypervisor;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Processes;

/**
 * The QEMU that runs the lab's guests, and how.
 *
 * <p>Until 8.2.3 and 9.0, QEMU forgets to look out for writes again after it has read which pages were written
 * ("physmem: Fix migration dirty bitmap coherency with TCG memory access"): a guest that is translated and migrates loses
 * memory. With 7.2, comparing the memory of both sides, 13 of 20 migrations of a small guest differed, and about one flight
 * in sixty ended in a panic of the guest's kernel; with 10.0, none did. Under KVM the processor keeps that list, and every
 * version is right.
 *
 * @param program absolute
 * @param version such as 7.2.22
 */
public record Qemu(Path program, String version, Accelerator accelerator) {

    /** Where Debian's package puts it; a host of the lab sees {@link #program} there. */
    public static final Path INSTALLED = Path.of("/usr/bin/qemu-system-x86_64");

    /** Where it looks for parts of itself. */
    public static final Path MODULES = Path.of("/usr/lib/x86_64-linux-gnu/qemu");

    private static final Pattern VERSION = Pattern.compile("version (\\d+\\.\\d+\\.\\d+)");
    private static final Duration QUICK = Duration.ofSeconds(10);

    public Qemu {
        requireNonNull(program, "program is null");
        requireNonNull(accelerator, "accelerator is null");
        numbers(version);
    }

    /**
     * The machine's own QEMU under KVM, where that works. Else a QEMU whose translator can migrate: the machine's own if it
     * is new enough, or the one that its Debian release offers as a backport, which is unpacked and not installed.
     */
    public static Qemu probe(GuestImages images) {
        Qemu installed = of(INSTALLED, AcceleratorProbe.probe(images));
        return installed.losesMemory()
                ? images.newerQemu().map(program -> of(program, Accelerator.TCG)).orElse(installed)
                : installed;
    }

    /** Whether a migrating guest may find memory that is older than what it wrote. */
    public boolean losesMemory() {
        int[] fixed = version.startsWith("8.2.") ? new int[]{8, 2, 3 } : new int[]{9, 0, 0 };
        return accelerator == Accelerator.TCG && Arrays.compare(numbers(version), fixed) < 0;
    }

    public boolean isInstalled() {
        return program.equals(INSTALLED);
    }

    /** What the user of the lab has to know before he trusts it. */
    public Optional<String> warning() {
        return losesMemory()
                ? Optional.of(
                        "QEMU " + version + " without KVM loses memory of a guest that migrates, so some flights will"
                                + " end in a crash of the guest: enable KVM, or install QEMU 9.0 or later")
                : Optional.empty();
    }

    /** Reads what {@code qemu-system-x86_64 --version} says. */
    static String parse(String said) {
        Matcher version = VERSION.matcher(said);
        if (!version.find()) {
            throw new LabException("QEMU does not tell its version: " + said.strip());
        }
        return version.group(1);
    }

    private static Qemu of(Path program, Accelerator accelerator) {
        return new Qemu(program, parse(Processes.run(QUICK, List.of(program.toString(), "--version")).text()),
                accelerator);
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }

    /** As the lab tells it: 7.2.22, KVM. */
    @Override
    public String toString() {
        return "QEMU " + version + ", " + accelerator;
    }
}
