package org.godwit.lab.house;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.godwit.lab.LabException;
import org.godwit.lab.image.AotCaches;

/**
 * How the house starts its programs: as {@link Programs} does, and from their AOT caches where there are any, which takes a
 * fraction of the time.
 *
 * @param caches as {@link AotCaches} has them; empty where the build has no jars
 */
record TrainedPrograms(Map<String, String> environment, Optional<Path> caches) {

    TrainedPrograms {
        environment = Map.copyOf(environment);
        requireNonNull(caches, "caches is null");
    }

    /** Half a minute the first time that it is asked of a build. @throws LabException when they cannot be trained */
    static TrainedPrograms ofThisBuild() {
        if (!AotCaches.arePossible()) {
            return new TrainedPrograms(Programs.environment(), Optional.empty());
        }
        // The lab's own classes may be in a folder, and no program of the house needs them.
        List<Path> jars = Programs.classPath().stream().filter(Files::isRegularFile).toList();
        return new TrainedPrograms(Programs.environment(jars),
                Optional.of(AotCaches.besideTheBuild().obtain(jars, Programs.java())));
    }

    /** The command that runs a main class, in the environment {@link #environment}. */
    List<String> command(String mainClass, List<String> arguments) {
        return command(mainClass, List.of(), arguments);
    }

    /** @param javaOptions of the virtual machine, which win over those of the house */
    List<String> command(String mainClass, List<String> javaOptions, List<String> arguments) {
        List<String> cached = caches.map(folder -> fromCache(AotCaches.file(folder, mainClass))).orElse(List.of());
        return Programs.command(mainClass, Stream.concat(cached.stream(), javaOptions.stream()).toList(), arguments);
    }

    /** A cache that does not fit is passed over, and what the JVM says of that must not be among the program's own words. */
    private static List<String> fromCache(Path cache) {
        return List.of("-XX:AOTCache=" + cache, "-Xlog:disable", "-Xlog:all=warning:stderr");
    }
}
