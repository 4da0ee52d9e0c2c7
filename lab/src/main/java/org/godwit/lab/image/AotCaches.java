package org.godwit.lab.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.godwit.lab.LabException;
import org.godwit.lab.process.Processes;

/**
 * AOT caches of the house's programs (JEP 483, JEP 514): their classes, read and linked ahead. A JVM takes one only for the
 * very files that it was recorded with, so they lie beside the build and are recorded once for each.
 */
public final class AotCaches {

    /** The programs that have one, by their main classes. */
    public static final List<String> PROGRAMS = List.of("org.godwit.mcs.Main", "org.godwit.host.Main",
            "org.godwit.guest.Main", "org.godwit.cli.Main");

    /** Those of a build that has been replaced are of no use to anybody. */
    private static final Duration KEPT = Duration.ofHours(1);

    /** Half a minute on a machine that does nothing else. */
    private static final Duration TRAINING_LIMIT = Duration.ofMinutes(5);

    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    private final ImageCache cache;

    private AotCaches(ImageCache cache) {
        this.cache = cache;
    }

    /** Beside the jar or the folder that holds the lab's own classes. */
    public static AotCaches besideTheBuild() {
        return new AotCaches(new ImageCache(GuestJars.locate(AotCaches.class.getName()).resolveSibling("aot"), KEPT,
                InstantSource.system()));
    }

    /** Whether programs can have one here: a JVM takes classes from jars only, and a build may stop before it makes any. */
    public static boolean arePossible() {
        return PROGRAMS.stream().map(GuestJars::locate).allMatch(Files::isRegularFile);
    }

    /** The file for a program. @param folder as {@link #obtain} answered it */
    public static Path file(Path folder, String mainClass) {
        return folder.resolve(mainClass + ".aot");
    }

    /**
     * The folder with all of them. Half a minute when they have to be recorded, at once when they are there.
     *
     * @param jars the class path of the programs
     * @param java the command that starts a JVM, with its options
     * @throws LabException when the programs cannot be trained
     */
    public Path obtain(List<Path> jars, List<String> java) {
        String training = training();
        Fingerprint inputs = new Fingerprint().text("training", training).text("java", java.toString())
                .file("release", JAVA_HOME.resolve("release"));
        jars.forEach(jar -> inputs.text(jar.toString(), sizeAndTime(jar)));
        return cache.obtain("programs", inputs, draft -> train(draft, training, jars, java));
    }

    /** What a JVM looks at, too, to tell whether a jar is the same. */
    private static String sizeAndTime(Path jar) {
        try {
            return Files.size(jar) + " " + Files.getLastModifiedTime(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(jar + " cannot be looked at", e);
        }
    }

    private static void train(Path draft, String training, List<Path> jars, List<String> java) {
        List<String> command = new ArrayList<>(List.of("unshare", "--net", "--mount", "--pid", "--fork",
                "--kill-child", "--mount-proc", "--", "bash", "-c", training, "train", draft.toString()));
        command.addAll(java);
        try {
            Processes.run(TRAINING_LIMIT, command, "", Map.of("CLASSPATH", classPath(jars)));
        } catch (LabException e) {
            throw new LabException("the programs cannot be trained for their AOT caches: each must do in a network of"
                    + " its own what lab/src/main/resources/org/godwit/lab/image/train-programs has it do", e);
        }
        for (String program : PROGRAMS) {
            if (!Files.exists(file(draft, program))) {
                throw new LabException("the JVM wrote no AOT cache of " + program);
            }
        }
    }

    private static String classPath(List<Path> jars) {
        return String.join(java.io.File.pathSeparator, jars.stream().map(Path::toString).toList());
    }

    private static String training() {
        try (InputStream in = AotCaches.class.getResourceAsStream("train-programs")) {
            return new String(requireNonNull(in, "train-programs is missing in the lab's jar").readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("train-programs cannot be read from the lab's jar", e);
        }
    }
}
