package org.godwit.lab.house;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How the lab starts a program of the house: by its main class, with the Java and the class path that run the lab. */
public final class Programs {

    /**
     * As installed servers and host agents are compiled; without it the lab's programs start sooner, and hash and encrypt at a small
     * share of their speed.
     */
    public static final String FULLY_COMPILED = "-XX:TieredStopAtLevel=4";

    /** Options of what moves disks, with the heap of an installed host agent. */
    public static final List<String> MOVING_DISKS = List.of(FULLY_COMPILED, "-Xmx128m");

    private Programs() {}

    /**
     * The command that runs a main class, in the environment {@link #environment}. Small heaps: the whole house shares one
     * machine with its VMs.
     */
    public static List<String> command(String mainClass, List<String> arguments) {
        return command(mainClass, List.of(), arguments);
    }

    /** @param javaOptions of the virtual machine, which win over those of the house */
    public static List<String> command(String mainClass, List<String> javaOptions, List<String> arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(javaOptions);
        command.add(mainClass);
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /** The command that starts a JVM of the house. */
    static List<String> java() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-Xmx192m", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow");
    }

    /** Every jar and folder that the lab itself was started with; not in the command, which people read. */
    public static Map<String, String> environment() {
        return environment(classPath());
    }

    static Map<String, String> environment(List<Path> classPath) {
        return Map.of("CLASSPATH",
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    }

    /** Every jar and folder that the lab itself was started with, absolute. */
    static List<Path> classPath() {
        // Surefire starts tests by a jar that holds nothing but the list of the others.
        String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(own.split(File.pathSeparator)).map(entry -> Path.of(entry).toAbsolutePath()).toList();
    }
}
