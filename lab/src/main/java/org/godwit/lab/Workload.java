package org.godwit.lab;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a VM serves beside the lab's probes.
 *
 * @param script run by the guest's shell as soon as it is up, and again when it ends
 * @param programs of this machine, which the guest gets at the same paths, with the libraries that they need
 * @param files of this machine, by their absolute paths in the guest
 */
public record Workload(String script, List<Path> programs, Map<String, Path> files) {

    public Workload {
        requireNonNull(script, "script is null");
        programs = List.copyOf(programs);
        files = Map.copyOf(files);
    }

    /** Both at the same time. Neither is begun again before the other has ended, too. */
    public Workload and(Workload other) {
        Map<String, Path> both = new HashMap<>(files);
        both.putAll(other.files);
        return new Workload("(\n%s\n) &\n(\n%s\n) &\nwait\n".formatted(script, other.script),
                Stream.concat(programs.stream(), other.programs.stream()).distinct().toList(), both);
    }
}
