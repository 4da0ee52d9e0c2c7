package org.godwit.lab.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.godwit.lab.LabException;
import org.godwit.lab.process.Processes;

/**
 * Debian's kernel for virtual machines, as a package file that is unpacked and never installed.
 *
 * @param packageName the real package, such as linux-image-6.1.0-50-cloud-amd64
 */
record DebianKernel(String packageName, String version) {

    /** The package that always depends on the newest real one. */
    private static final String META_PACKAGE = "linux-image-cloud-amd64";

    private static final Pattern DEPENDS = Pattern
            .compile("^Depends: (linux-image-[^ ,]+-cloud-amd64) \\(= ([^)]+)\\)", Pattern.MULTILINE);

    private static final Duration QUICK = Duration.ofSeconds(30);
    private static final Duration NETWORK = Duration.ofMinutes(3);

    DebianKernel {
        requireNonNull(packageName, "packageName is null");
        requireNonNull(version, "version is null");
    }

    /** What the machine's package sources offer now; their lists are fetched when there are none yet. */
    static DebianKernel newest() {
        try {
            return find();
        } catch (LabException e) {
            Processes.run(NETWORK, List.of("apt-get", "update", "-q"));
            return find();
        }
    }

    /** Reads what {@code apt-cache show} says about the meta package; the first entry is the candidate. */
    static DebianKernel parse(String shown) {
        Matcher depends = DEPENDS.matcher(shown);
        if (!depends.find()) {
            throw new LabException(
                    "the package " + META_PACKAGE + " does not name the kernel that it depends on:\n" + shown);
        }
        return new DebianKernel(depends.group(1), depends.group(2));
    }

    private static DebianKernel find() {
        return parse(Processes.run(QUICK, List.of("apt-cache", "show", META_PACKAGE)).text());
    }

    /** The package file in a folder of such files; fetched when it is not there. */
    Path fetch(Path packages) {
        try {
            Files.createDirectories(packages);
            Path file = packages.resolve(packageName + "_" + version.replace(':', '_') + ".deb");
            if (!Files.exists(file)) {
                Path work = Files.createTempDirectory(packages, ".fetch-");
                Processes.run(NETWORK, List.of("env", "--chdir=" + work, "apt-get", "download", "-q",
                        packageName + "=" + version), "", Map.of());
                try (Stream<Path> fetched = Files.list(work)) {
                    Files.move(fetched.findFirst().orElseThrow(
                            () -> new LabException("apt-get download left no file of " + packageName)), file,
                            StandardCopyOption.ATOMIC_MOVE);
                }
                Files.delete(work);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel package cannot be kept in " + packages, e);
        }
    }

    /** Unpacks a package file. */
    static void unpack(Path file, Path folder) {
        Processes.run(NETWORK, List.of("dpkg-deb", "--extract", file.toString(), folder.toString()));
    }
}
