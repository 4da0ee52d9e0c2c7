package org.godwit.lab.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.lab.process.Processes;

/** Files and folders of an image in the making; what fails is a broken machine, so unchecked. */
public final class Folders {

    private static final Duration PACK_LIMIT = Duration.ofMinutes(3);

    private Folders() {}

    public static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be deleted", e);
        }
    }

    static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(from + " cannot be copied to " + to, e);
        }
    }

    static Path create(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be made", e);
        }
    }

    static void copyFile(Path from, Path to) {
        try {
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new UncheckedIOException(from + " cannot be copied to " + to, e);
        }
    }

    static void deleteFile(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be deleted", e);
        }
    }

    /** Everything under a folder and itself, sorted. A file stands for itself. */
    static List<Path> allFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be listed", e);
        }
    }

    static List<Path> regularFiles(Path folder) {
        return allFiles(folder).stream().filter(file -> Files.isRegularFile(file)).toList();
    }

    static void writeLines(Path file, List<String> lines) {
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }

    static List<String> readLines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** Writes all of a folder as an initramfs wants it, owned by root. */
    static void pack(Path root, Path archive) {
        String names = allFiles(root).stream().map(file -> root.relativize(file).toString())
                .filter(name -> !name.isEmpty()).collect(Collectors.joining("\n", "", "\n"));
        Processes.run(PACK_LIMIT, List.of("cpio", "--create", "--quiet", "--format=newc", "--owner=0:0",
                "--directory=" + root, "--file=" + archive), names, Map.of());
    }
}
