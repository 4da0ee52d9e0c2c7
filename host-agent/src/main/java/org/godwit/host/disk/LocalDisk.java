package org.godwit.host.disk;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A disk that is a file of one host.
 *
 * @param target what the VM knows it as: vda
 * @param format qcow2 or raw
 * @param path of the image, at the source and at the target alike: absolute, at most 200 bytes
 */
record LocalDisk(String target, String format, Path path) {

    static final Set<String> FORMATS = Set.of("qcow2", "raw");

    /** So many overlays may stand on each other. */
    static final int LAYERS_MAX = 8;

    /** A file name has 255, and the label of a disk on the wire, too. */
    static final int PATH_BYTES_MAX = 200;

    private static final String OVERLAY_SUFFIX = ".godwit-overlay";
    private static final String PARTIAL_SUFFIX = ".godwit-part";
    private static final Pattern LAYER = Pattern.compile(".*" + Pattern.quote(OVERLAY_SUFFIX) + "(-[2-"
            + LAYERS_MAX + "])?");

    LocalDisk {
        requireNonNull(path, "path is null");
        if (!target.matches("[a-z]{2,5}")) {
            throw new IllegalArgumentException("\"" + target + "\" is no name of a disk such as vda");
        }
        if (!FORMATS.contains(format)) {
            throw new IllegalArgumentException("disk " + target + " has the format \"" + format + "\", not one of "
                    + FORMATS);
        }
        if (!path.isAbsolute() || !path.equals(path.normalize())
                || path.toString().getBytes(StandardCharsets.UTF_8).length > PATH_BYTES_MAX) {
            throw new IllegalArgumentException("disk " + target + " is at " + path + ": an absolute path of at most "
                    + PATH_BYTES_MAX + " bytes is needed");
        }
    }

    /** What the VM writes to while the image itself travels, and goes on with at the target. */
    Path overlay() {
        return layer(1);
    }

    /**
     * An overlay on the image, or on the layer below.
     *
     * @param number 1 to {@link #LAYERS_MAX}; 0 is the image
     */
    Path layer(int number) {
        return switch (number) {
            case 0 -> path;
            case 1 -> path.resolveSibling(path.getFileName() + OVERLAY_SUFFIX);
            default -> path.resolveSibling(path.getFileName() + OVERLAY_SUFFIX + "-" + number);
        };
    }

    /** Of a layer, or of the image. */
    String format(int layer) {
        return layer == 0 ? format : "qcow2";
    }

    /** All that there may be, the lowest first. */
    List<Path> layers() {
        return IntStream.rangeClosed(1, LAYERS_MAX).mapToObj(this::layer).toList();
    }

    /** Which of this disk's layers has this path; 0 when none has. */
    int layerAt(String path) {
        return layers().indexOf(Path.of(path)) + 1;
    }

    /** Whether it can only be one of some disk's. */
    static boolean isLayer(String path) {
        return LAYER.matcher(path).matches();
    }

    /** What has arrived of the image, until all of it has. */
    Path partial() {
        return path.resolveSibling(path.getFileName() + PARTIAL_SUFFIX);
    }

    /** A layer that nobody writes to, and that may have what nothing else has: for somebody to look at. */
    Path unused(int layer) {
        return path.resolveSibling(layer(layer).getFileName() + ".unused");
    }

    /** {@code vda qcow2 /srv/vm1.qcow2}, the path last: it may have spaces. */
    String text() {
        return target + " " + format + " " + path;
    }

    /** @throws IllegalArgumentException when it is not what {@link #text} makes */
    static LocalDisk parse(String text) {
        String[] words = text.split(" ", 3);
        if (words.length != 3) {
            throw new IllegalArgumentException("\"" + text + "\" names no disk");
        }
        try {
            return new LocalDisk(words[0], words[1], Path.of(words[2]));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + words[2] + "\" is no path", e);
        }
    }

    /**
     * A disk with the VM that it is of, as the mover's two ends call it.
     *
     * @param isMore whether some of it comes on top of what has arrived
     */
    record Label(UUID vm, LocalDisk disk, boolean isMore) {

        private static final String MORE = "+ ";

        String text() {
            return vm + " " + (isMore ? MORE : "") + disk.text();
        }

        /** @throws IllegalArgumentException when it is not what {@link #text} makes */
        static Label parse(String text) {
            String[] words = text.split(" ", 2);
            if (words.length != 2) {
                throw new IllegalArgumentException("\"" + text + "\" names no VM with a disk");
            }
            boolean isMore = words[1].startsWith(MORE);
            return new Label(UUID.fromString(words[0]),
                    LocalDisk.parse(isMore ? words[1].substring(MORE.length()) : words[1]), isMore);
        }
    }
}
