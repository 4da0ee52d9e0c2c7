package org.godwit.lab.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.godwit.lab.LabException;
import org.godwit.lab.hypervisor.DomainXml;
import org.godwit.lab.process.Processes;

/**
 * Builds what the lab's guests boot from: Debian's cloud kernel, busybox, iproute2, libbpf, a JDK cut down by jlink, the
 * guest agent with an AOT cache of its classes, and the workload. Nothing is installed on this machine. Each result is kept
 * in a cache under the fingerprint of everything that went into it.
 */
public final class GuestImages {

    /** To be raised when the steps below change in a way that no input shows. */
    private static final String RECIPE = "1";

    /** In the order in which they must be loaded. */
    private static final List<String> MODULES = List.of("virtio_ring", "virtio", "virtio_pci_legacy_dev",
            "virtio_pci_modern_dev", "virtio_pci", "virtio_blk", "failover", "net_failover", "virtio_net",
            "virtio_console", "dummy",
            "sch_ingress", "cls_bpf", "evdev", "button");

    /** The serial line says this when a guest of the accelerator probe has really booted. */
    public static final String PROBE_WORD = "godwit-guest-booted";

    private static final String JRE = "/opt/jre";
    private static final String LIBRARIES = "/opt/godwit/lib/";
    private static final String JAVA_ARGUMENTS = "/opt/godwit/java.arguments";
    private static final String AOT_CACHE = "/opt/godwit/guest-agent.aot";

    /** A cache made under other collector or compiler settings is refused by the JVM, so training and guest share these. */
    private static final List<String> JVM_FLAGS = List.of("-XX:+UseSerialGC", "-Xms24m", "-Xmx24m",
            "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED");

    private static final List<String> JLINK_OPTIONS = List.of("--add-modules", "java.base", "--strip-debug",
            "--no-header-files", "--no-man-pages", "--compress", "zip-6");

    private static final List<String> CLANG_OPTIONS = List.of("-static", "-O2", "-Wall", "-Wextra", "-Werror");

    private static final Duration LONG = Duration.ofMinutes(3);

    /** A running VM's files are younger, and it needs them again to migrate. */
    private static final Duration KEPT = Duration.ofDays(3);

    private final ImageCache cache;
    private final Path jdk;

    /** @param jdk the JDK that the guest's Java is cut from */
    public GuestImages(Path cache, Path jdk, InstantSource clock) {
        this.cache = new ImageCache(cache, KEPT, clock);
        this.jdk = requireNonNull(jdk, "jdk is null");
    }

    /** In the user's cache folder, with the JDK that runs this process. */
    public static GuestImages standard() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return new GuestImages(caches.resolve("godwit-lab"), Path.of(System.getProperty("java.home")),
                InstantSource.system());
    }

    /** The image of the lab's VMs. Seconds when it has to be built, at once when it is there. @throws LabException */
    public GuestImage guest() {
        DebianKernel kernel = DebianKernel.newest();
        List<Path> machineFiles = MachineFiles.find(jdk);
        GuestJars jars = GuestJars.ofThisClassPath();
        Path jre = jre();
        Path jarFolder = jars(jars);
        Fingerprint inputs = new Fingerprint().text("recipe", RECIPE + MODULES + JVM_FLAGS + CLANG_OPTIONS)
                .text("init", filled("init")).text("train", filled("train")).text("vmprobe.c", resource("vmprobe.c"))
                .text("ledger.c", resource("ledger.c")).text("dirtier.c", resource("dirtier.c"))
                .text("kernel", kernel.packageName() + " " + kernel.version()).text("jre", jre.toString())
                .text("jars", jarFolder.toString()).file(MachineFiles.BUSYBOX.toString(), MachineFiles.BUSYBOX);
        machineFiles.forEach(file -> inputs.file(file.toString(), file));
        Path image = cache.obtain("guest", inputs, draft -> {
            Path root = draft.resolve("root");
            base(root);
            String kernelFile = kernelInto(draft, root, kernel, MODULES);
            MachineFiles.copy(machineFiles, root);
            Folders.copy(jre, under(root, JRE));
            agent(root, jarFolder);
            compileWorkload(root.resolve("usr/bin/vmprobe"));
            compile("ledger.c", root.resolve("usr/bin/ledger"));
            compile("dirtier.c", root.resolve("usr/bin/dirtier"));
            train(root);
            executable(root.resolve("init"), filled("init"));
            pack(draft, root);
            keepKernel(draft, kernelFile);
        });
        return new GuestImage(image.resolve("vmlinuz"), image.resolve("initrd"));
    }

    /** The smallest guest there is, for the accelerator probe: it says {@link #PROBE_WORD} and ends. @throws LabException */
    public GuestImage probe() {
        DebianKernel kernel = DebianKernel.newest();
        Fingerprint inputs = new Fingerprint().text("recipe", RECIPE).text("init", filled("probe-init"))
                .text("kernel", kernel.packageName() + " " + kernel.version())
                .file(MachineFiles.BUSYBOX.toString(), MachineFiles.BUSYBOX);
        Path image = cache.obtain("probe", inputs, draft -> {
            Path root = draft.resolve("root");
            base(root);
            String kernelFile = kernelInto(draft, root, kernel, List.of());
            executable(root.resolve("init"), filled("probe-init"));
            pack(draft, root);
            keepKernel(draft, kernelFile);
        });
        return new GuestImage(image.resolve("vmlinuz"), image.resolve("initrd"));
    }

    /**
     * A QEMU that is newer than this machine's, when its Debian release has a backport of one and it runs here: absolute.
     * Seconds when it has to be fetched.
     */
    public Optional<Path> newerQemu() {
        try {
            Fingerprint inputs = new Fingerprint().text("recipe", RECIPE);
            return Optional.of(QemuBackport.program(cache.obtain("qemu", inputs, QemuBackport::into)));
        } catch (LabException _) {
            return Optional.empty();
        }
    }

    private Path jre() {
        Fingerprint inputs = new Fingerprint().text("options", JLINK_OPTIONS.toString()).file("release",
                jdk.resolve("release"));
        return cache.obtain("jre", inputs, draft -> {
            List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/jlink").toString()));
            command.addAll(JLINK_OPTIONS);
            command.addAll(List.of("--output", draft.resolve("jre").toString()));
            Processes.run(LONG, command);
        }).resolve("jre");
    }

    /** Folders of classes have to be jars before they can be fingerprinted, so the jars are kept by themselves. */
    private Path jars(GuestJars jars) {
        Fingerprint inputs = new Fingerprint();
        jars.byName().forEach((name, artifact) -> {
            for (Path file : Folders.regularFiles(artifact)) {
                inputs.file(name + "/" + artifact.relativize(file), file);
            }
        });
        return cache.obtain("jars", inputs, draft -> {
            Path lib = Folders.create(draft.resolve("lib"));
            Folders.writeLines(draft.resolve("order"),
                    jars.writeTo(lib).stream().map(jar -> jar.getFileName().toString()).toList());
        });
    }

    private static void base(Path root) {
        for (String folder : List.of("bin", "sbin", "usr/bin", "usr/sbin", "lib/modules", "proc", "sys", "dev", "tmp",
                "root", "run", "etc", "opt/godwit/lib")) {
            Folders.create(root.resolve(folder));
        }
        Folders.copyFile(MachineFiles.BUSYBOX, root.resolve("bin/busybox"));
        Folders.writeLines(root.resolve("etc/passwd"), List.of("root:x:0:0:root:/root:/bin/sh"));
        Folders.writeLines(root.resolve("etc/group"), List.of("root:x:0:"));
    }

    private String kernelInto(Path draft, Path root, DebianKernel kernel, List<String> modules) {
        Path unpacked = draft.resolve("kernel");
        DebianKernel.unpack(kernel.fetch(cache.folder().resolve("packages")), unpacked);
        List<Path> files = Folders.regularFiles(unpacked);
        for (String module : modules) {
            Folders.copyFile(named(files, module + ".ko", kernel), root.resolve("lib/modules/" + module + ".ko"));
        }
        Path image = files.stream().filter(file -> file.getFileName().toString().startsWith("vmlinuz-")).findFirst()
                .orElseThrow(() -> new LabException("the package " + kernel.packageName() + " holds no vmlinuz"));
        return unpacked.relativize(image).toString();
    }

    /** A module's file may be named with hyphens where its name has underscores. */
    private static Path named(List<Path> files, String name, DebianKernel kernel) {
        return files.stream().filter(file -> file.getFileName().toString().replace('-', '_').equals(name)).findFirst()
                .orElseThrow(
                        () -> new LabException("the package " + kernel.packageName() + " holds no module " + name));
    }

    private static void keepKernel(Path draft, String kernelFile) {
        Folders.copyFile(draft.resolve("kernel").resolve(kernelFile), draft.resolve("vmlinuz"));
        Folders.delete(draft.resolve("kernel"));
    }

    private static void agent(Path root, Path jarFolder) {
        List<String> jars = Folders.readLines(jarFolder.resolve("order"));
        jars.forEach(jar -> Folders.copyFile(jarFolder.resolve("lib").resolve(jar), under(root, LIBRARIES + jar)));
        List<String> arguments = new ArrayList<>(JVM_FLAGS);
        arguments.add("-cp");
        arguments.add(jars.stream().map(jar -> LIBRARIES + jar).collect(Collectors.joining(":")));
        Folders.writeLines(under(root, JAVA_ARGUMENTS), arguments);
        try {
            Files.createSymbolicLink(root.resolve("usr/bin/java"), Path.of(JRE, "bin/java"));
        } catch (IOException e) {
            throw new UncheckedIOException("a link cannot be made in " + root, e);
        }
    }

    /** Compiles the workload, {@code vmprobe.c}, as a program that needs no libraries. @throws LabException */
    public static void compileWorkload(Path program) {
        compile("vmprobe.c", program);
    }

    /** Compiles the line that delays and loses frames, {@code delayline.c}. @throws LabException */
    public static void compileDelayLine(Path program) {
        compile("delayline.c", program);
    }

    /** Compiles what moves memory from outside of QEMU, {@code memorymover.c}. @throws LabException */
    public static void compileMemoryMover(Path program) {
        compile("memorymover.c", program);
    }

    private static void compile(String name, Path program) {
        Path source = program.resolveSibling(program.getFileName() + ".c");
        Folders.writeLines(source, resource(name).lines().toList());
        List<String> command = new ArrayList<>(List.of("clang"));
        command.addAll(CLANG_OPTIONS);
        command.addAll(List.of("-o", program.toString(), source.toString()));
        Processes.run(LONG, command);
        Folders.deleteFile(source);
    }

    /**
     * Runs the guest agent once where its files lie as they will in the guest, since the cache remembers their paths; in
     * namespaces of its own, so that it sees neither this machine's processes nor its networks.
     */
    private static void train(Path root) {
        Path script = root.resolve("tmp/train");
        executable(script, filled("train"));
        try {
            Processes.run(LONG,
                    List.of("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--", "chroot",
                            root.toString(), "/tmp/train"));
        } catch (LabException e) {
            throw new LabException("the guest agent cannot be trained for its AOT cache: its self-test must end with"
                    + " exit code 0 in the guest's root folder", e);
        }
        Folders.deleteFile(script);
        if (!Files.exists(under(root, AOT_CACHE))) {
            throw new LabException("the JVM wrote no AOT cache although the guest agent's self-test succeeded");
        }
    }

    private static void pack(Path draft, Path root) {
        Path archive = draft.resolve("initramfs");
        Folders.pack(root, archive);
        Processes.run(LONG, List.of("zstd", "-q", "-T0", "-10", "--rm", archive.toString(), "-o",
                draft.resolve("initrd").toString()));
        Folders.delete(root);
    }

    private static void executable(Path file, String text) {
        try {
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }

    /** A script with its marks replaced by what they stand for. */
    private static String filled(String script) {
        return resource(script).replace("@MODULES@", String.join(" ", MODULES)).replace("@JAVA@", JRE + "/bin/java")
                .replace("@AOT_CACHE@", AOT_CACHE).replace("@JAVA_ARGUMENTS@", JAVA_ARGUMENTS)
                .replace("@MAIN@", GuestJars.MAIN).replace("@CHANNEL@", DomainXml.CHANNEL)
                .replace("@WORKLOAD@", GuestImage.WORKLOAD)
                .replace("@WORD@", PROBE_WORD);
    }

    private static String resource(String name) {
        try (InputStream in = GuestImages.class.getResourceAsStream(name)) {
            return new String(requireNonNull(in, name + " is missing in the lab's jar").readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the lab's jar", e);
        }
    }

    /** A path of the guest, as the machine sees it. */
    private static Path under(Path root, String guestPath) {
        return root.resolve(guestPath.substring(1));
    }
}
