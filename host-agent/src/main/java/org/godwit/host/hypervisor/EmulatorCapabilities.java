package org.godwit.host.hypervisor;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.godwit.host.program.ProgramException;
import org.godwit.host.program.Programs;

/**
 * What an emulator can do with a VM on its way, in its own words. libvirt knows and does not tell; so one is started without a machine
 * and asked, once for each version of the file.
 */
public final class EmulatorCapabilities {

    /** A line of the human monitor's "info migrate_capabilities". */
    private static final Pattern LINE = Pattern.compile("^([a-z0-9-]+): (?:on|off)\\s*$", Pattern.MULTILINE);

    private final Programs programs;
    private final Map<Emulator, Set<String>> known = new ConcurrentHashMap<>();

    private record Emulator(Path file, FileTime changed) {}

    public EmulatorCapabilities(Programs programs) {
        this.programs = requireNonNull(programs, "programs is null");
    }

    /** @throws HypervisorException when it does not say */
    Set<String> of(String emulator) {
        try {
            Path file = Path.of(emulator).toRealPath();
            return known.computeIfAbsent(new Emulator(file, Files.getLastModifiedTime(file)),
                    it -> ask(it.file().toString()));
        } catch (IOException | IllegalArgumentException e) {
            throw new HypervisorException("there is no emulator " + emulator + ": " + e.getMessage(), e);
        }
    }

    private Set<String> ask(String emulator) {
        try {
            Set<String> told = read(programs.require("info migrate_capabilities\nquit\n", emulator, "-machine",
                    "none,accel=tcg:kvm", "-nodefaults", "-display", "none", "-monitor", "stdio"));
            if (told.isEmpty()) {
                throw new HypervisorException("the emulator " + emulator + " names no migration capabilities");
            }
            return told;
        } catch (ProgramException e) {
            throw new HypervisorException("the emulator does not name its migration capabilities: " + e.getMessage(),
                    e);
        }
    }

    static Set<String> read(String output) {
        return LINE.matcher(output).results().map(line -> line.group(1))
                .collect(Collectors.toUnmodifiableSet());
    }
}
