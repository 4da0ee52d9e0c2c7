package org.godwit.host.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Images that disks of VMs were made from, in one folder of this host: chunks that such an image has at the same place do not travel.
 * They are only read, and what is read there is believed by its hash alone.
 */
public final class GoldenImages {

    /** A chunk that arrives is looked for in each of them. */
    static final int IMAGES_MAX = 8;

    /** A format is never guessed from contents: a guest may have written them. */
    private static final Map<String, String> FORMATS = Map.of("qcow2", "qcow2", "raw", "raw", "img", "raw");

    private final Optional<Path> folder;

    /** One of them. */
    record Golden(Path path, String format) {}

    private GoldenImages(Optional<Path> folder) {
        this.folder = folder;
    }

    public static GoldenImages none() {
        return new GoldenImages(Optional.empty());
    }

    /**
     * Those of a folder, whatever is there when a disk arrives.
     *
     * @throws IllegalArgumentException when it is no such folder, others than its owner and group may change it or an image in it, or
     *             it has more than {@value #IMAGES_MAX} images
     */
    public static GoldenImages in(Path folder) {
        if (!folder.isAbsolute() || !Files.isDirectory(folder) || !Files.isReadable(folder)) {
            throw new IllegalArgumentException(
                    "is an absolute path of a folder that the agent may read, got " + folder);
        }
        GoldenImages golden = new GoldenImages(Optional.of(folder));
        List<Golden> images = golden.images();
        if (images.size() > IMAGES_MAX) {
            throw new IllegalArgumentException(
                    folder + " has " + images.size() + " images: leave at most " + IMAGES_MAX);
        }
        Stream.concat(Stream.of(folder), images.stream().map(Golden::path)).forEach(GoldenImages::requireOwned);
        return golden;
    }

    private static void requireOwned(Path path) {
        try {
            if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IllegalArgumentException("anybody may write to " + path + ": chmod o-w");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(path + " cannot be looked at: " + e.getMessage(), e);
        }
    }

    /** By their names; what is no image by its name is left out. */
    List<Golden> images() {
        return folder.map(GoldenImages::images).orElse(List.of());
    }

    private static List<Golden> images(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> FORMATS.containsKey(suffix(file)) && Files.isRegularFile(file)).sorted()
                    .map(file -> new Golden(file, FORMATS.get(suffix(file)))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of golden images " + folder + " cannot be read", e);
        }
    }

    private static String suffix(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
