package org.godwit.lab.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;
import org.godwit.lab.process.Processes;

/**
 * Programs and libraries that the guest takes from this Debian machine, each with all the libraries that it needs.
 */
final class MachineFiles {

    static final Path BUSYBOX = Path.of("/bin/busybox");

    private static final List<Path> PROGRAMS = List.of(Path.of("/sbin/ip"), Path.of("/bin/ss"),
            Path.of("/usr/bin/nice"));

    /** What the shim opens by name at run time. */
    private static final String LIBBPF = "libbpf.so.1";

    private static final List<String> OF_THE_JDK = List.of("bin/java", "lib/server/libjvm.so", "lib/libjava.so",
            "lib/libjimage.so", "lib/libnet.so", "lib/libnio.so", "lib/libsyslookup.so", "lib/libzip.so");

    /** {@code libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)}, or the loader without an arrow. */
    private static final Pattern NEEDED = Pattern.compile("^\\s*(?:(\\S+) => )?(/\\S+) \\(0x", Pattern.MULTILINE);

    private static final Pattern CACHED = Pattern
            .compile("^\\s*" + Pattern.quote(LIBBPF) + " \\([^)]*\\) => (/\\S+)$", Pattern.MULTILINE);

    private static final Duration QUICK = Duration.ofSeconds(10);

    private MachineFiles() {}

    /** Every file, sorted; each keeps its path in the guest. */
    static List<Path> find(Path jdk) {
        requireStatic();
        Path libbpf = libbpf();
        TreeSet<Path> files = new TreeSet<>(PROGRAMS);
        files.add(libbpf);
        List<Path> roots = new ArrayList<>(files);
        OF_THE_JDK.forEach(file -> roots.add(jdk.resolve(file)));
        for (Path root : roots) {
            needed(Processes.run(QUICK, List.of("ldd", root.toString())).text()).stream()
                    .filter(library -> !library.startsWith(jdk)).forEach(files::add);
        }
        return List.copyOf(files);
    }

    /** Programs, and what they need to be loaded; sorted. */
    static List<Path> withLibraries(List<Path> programs) {
        TreeSet<Path> files = new TreeSet<>(programs);
        programs.forEach(
                program -> files.addAll(needed(Processes.run(QUICK, List.of("ldd", program.toString())).text())));
        return List.copyOf(files);
    }

    /** Copies files to the same paths under another root; what links point to is copied in their place. */
    static void copy(List<Path> files, Path root) {
        try {
            for (Path file : files) {
                Path copy = root.resolve(Path.of("/").relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("what the guest needs from this machine cannot be copied to " + root, e);
        }
    }

    /** Reads what ldd says. */
    static List<Path> needed(String said) {
        Matcher library = NEEDED.matcher(said);
        List<Path> paths = new ArrayList<>();
        while (library.find()) {
            paths.add(Path.of(library.group(2)).normalize());
        }
        return paths;
    }

    private static Path libbpf() {
        Matcher cached = CACHED.matcher(Processes.run(QUICK, List.of("ldconfig", "-p")).text());
        if (!cached.find()) {
            throw new LabException("the guest image needs " + LIBBPF + ": install the Debian package libbpf1");
        }
        return Path.of(cached.group(1));
    }

    private static void requireStatic() {
        // Says "not a dynamic executable" with exit code 1 for a static one.
        if (Processes.succeeds(QUICK, List.of("ldd", BUSYBOX.toString()))) {
            throw new LabException(BUSYBOX + " needs libraries: install the Debian package busybox-static");
        }
    }
}
