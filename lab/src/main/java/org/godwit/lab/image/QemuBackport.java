package org.godwit.lab.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.godwit.lab.LabException;
import org.godwit.lab.process.Processes;

/**
 * The QEMU that Debian offers to a release that is older than it: its backports. One package is fetched through apt from the
 * mirror that the machine already uses, with lists of its own, and unpacked. Neither the machine's package sources nor its
 * QEMU change. Firmware and libraries are the machine's.
 */
final class QemuBackport {

    private static final String PACKAGE = "qemu-system-x86";
    private static final Path PROGRAM = Path.of("usr/bin/qemu-system-x86_64");
    private static final Path RELEASE = Path.of("/etc/os-release");
    private static final Pattern CODE_NAME = Pattern.compile("^VERSION_CODENAME=\"?([a-z]+)\"?$", Pattern.MULTILINE);
    private static final Duration NETWORK = Duration.ofMinutes(3);

    private QemuBackport() {}

    /** Fills a folder. @throws LabException when there is no backport, or it does not run here */
    static void into(Path folder) {
        try {
            String codeName = codeName(Files.readString(RELEASE));
            String mirror = mirror(Processes.run(NETWORK, List.of("apt-get", "indextargets", "--format",
                    "$(CODENAME) $(REPO_URI)", "Created-By: Packages")).text(), codeName);
            List<String> apt = aptWithOwnLists(folder, "deb " + mirror + " " + codeName + "-backports main");
            Processes.run(NETWORK, with(apt, "update"));
            Processes.run(NETWORK, with(apt, "download", PACKAGE + "/" + codeName + "-backports"));
            try (Stream<Path> files = Files.list(folder)) {
                Path file = files.filter(path -> path.toString().endsWith(".deb")).findFirst()
                        .orElseThrow(() -> new LabException("apt-get download left no file of " + PACKAGE));
                DebianKernel.unpack(file, folder.resolve("root"));
                Files.delete(file);
            }
            Folders.delete(folder.resolve("apt"));
            Processes.run(NETWORK, List.of(program(folder).toString(), "--version"));
        } catch (IOException e) {
            throw new UncheckedIOException("a newer QEMU cannot be kept in " + folder, e);
        }
    }

    static Path program(Path folder) {
        return folder.resolve("root").resolve(PROGRAM);
    }

    static String codeName(String release) {
        return first(CODE_NAME, release)
                .orElseThrow(() -> new LabException("this is no release of Debian with a code name"));
    }

    /** Reads what {@code apt-get indextargets} says: a code name and the mirror that holds it in each line. */
    static String mirror(String targets, String codeName) {
        return first(Pattern.compile("^" + codeName + " (\\S+)$", Pattern.MULTILINE), targets)
                .orElseThrow(() -> new LabException("no package source of this machine offers " + codeName));
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static List<String> aptWithOwnLists(Path folder, String source) throws IOException {
        Path own = folder.resolve("apt");
        Files.createDirectories(own.resolve("lists/partial"));
        Files.createDirectories(own.resolve("cache/archives/partial"));
        Path sources = Files.writeString(own.resolve("sources.list"), source + "\n");
        return List.of("env", "--chdir=" + folder, "apt-get", "-q", "-o", "Dir::Etc::sourcelist=" + sources, "-o",
                "Dir::Etc::sourceparts=/dev/null", "-o", "Dir::State::lists=" + own.resolve("lists"), "-o",
                "Dir::Cache=" + own.resolve("cache"));
    }

    private static List<String> with(List<String> command, String... arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        return all;
    }
}
