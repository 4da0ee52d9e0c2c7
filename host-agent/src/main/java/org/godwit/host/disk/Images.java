package org.godwit.host.disk;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.host.program.ProgramException;
import org.godwit.host.program.Programs;

/** Disk images, by QEMU's own program: qemu-img makes and describes them. */
final class Images {

    private static final Pattern VIRTUAL = Pattern.compile("(?m)^virtual size: .*\\((\\d+) bytes\\)$");
    private static final Pattern USED = Pattern.compile("(?m)^disk size: ([\\d.]+) ([KMGTP]i)?B$");
    private static final String UNITS = "KMGTP";

    private final Programs programs;

    Images(Programs programs) {
        this.programs = programs;
    }

    /**
     * What is known of an image and its backing chain.
     *
     * @param usedBytes on the host's storage, to four digits
     */
    record Description(long virtualBytes, long usedBytes, boolean hasSnapshots, boolean isEncrypted) {

        /** Of what qemu-img prints of a whole chain, the image itself first. */
        static Description parse(String printed) {
            Matcher virtual = VIRTUAL.matcher(printed);
            if (!virtual.find()) {
                throw new DiskException("qemu-img does not tell the size of an image: " + printed);
            }
            long size = Long.parseLong(virtual.group(1));
            double used = 0;
            for (Matcher one = USED.matcher(printed); one.find();) {
                int power = one.group(2) == null ? 0 : UNITS.indexOf(one.group(2).charAt(0)) + 1;
                used += Double.parseDouble(one.group(1)) * (1L << 10 * power);
            }
            return new Description(size, (long) used, printed.contains("\nSnapshot list:"),
                    printed.contains("\nencrypted: yes"));
        }
    }

    /** Of one that may be in use. @throws DiskException when it, or what it is backed by, cannot be read as such */
    Description describe(Path image, String format) {
        return Description.parse(run("qemu-img", "info", "--force-share", "--backing-chain", "-f", format,
                image.toString()));
    }

    /** What the image itself takes on the host's storage, without what it is backed by. */
    long usedBytes(Path image, String format) {
        return Description.parse(run("qemu-img", "info", "--force-share", "-f", format, image.toString())).usedBytes();
    }

    void create(Path image, String format, long bytes) {
        run("qemu-img", "create", "-q", "-f", format, image.toString(), String.valueOf(bytes));
    }

    /**
     * Makes a layer, in the place of what is left there. Its clusters are of 128 KiB with parts of 4 KiB: a small write takes little.
     * What it is backed by is not opened: it may be in use.
     */
    void createLayer(LocalDisk disk, int layer, long bytes) {
        Flattening.delete(disk.layer(layer));
        run("qemu-img", "create", "-q", "-u", "-f", "qcow2", "-o", "extended_l2=on,cluster_size=128k", "-b",
                disk.layer(layer - 1).toString(), "-F", disk.format(layer - 1), disk.layer(layer).toString(),
                String.valueOf(bytes));
    }

    /** What a qcow2 image is backed by has been moved. */
    void moved(Path image, Path backing) {
        run("qemu-img", "rebase", "-q", "-u", "-f", "qcow2", "-b", backing.toString(), "-F", "qcow2", image.toString());
    }

    private String run(String... command) {
        try {
            return programs.require("", command);
        } catch (ProgramException e) {
            throw new DiskException(e.getMessage(), e);
        }
    }
}
