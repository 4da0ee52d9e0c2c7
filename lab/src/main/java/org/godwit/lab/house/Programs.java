package org.godwit.lab.house;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the lab starts a program of the house: by its main class, with the Java and the class path that run the lab. */
public final class Programs {

    private Programs() {}

    /** The command that runs a main class. Small heaps: the whole house shares one machine with its VMs. */
    public static List<String> command(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC", "-Xmx192m", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow", "-cp", classPath(), mainClass));
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /** Every jar and folder that the lab itself was started with. */
    public static String classPath() {
        // Surefire starts tests by a jar that holds nothing but the list of the others.
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
