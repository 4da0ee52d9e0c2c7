package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.process.Processes;

/** On what a figure was measured, to be told beside it: names and versions by subject. */
public record Machine(Map<String, String> facts) {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Path LOAD = Path.of("/proc/loadavg");
    private static final String MODEL = "model name";

    public Machine {
        facts = Map.copyOf(facts);
    }

    /** What every benchmark tells: processors and kernel. */
    public static Machine here() {
        return new Machine(Map.of("processors", processors(), "kernel", firstLine("uname", "-sr")));
    }

    /** How many programs run or want to, the mean of the last minute. */
    public static double loadNow() {
        try {
            return Double.parseDouble(Files.readString(LOAD).split(" ")[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(LOAD + " cannot be read", e);
        }
    }

    /** What programs may take before others have to give back what they have. */
    public static int memoryAvailableMib() {
        try {
            return Files.readAllLines(MEMORY).stream().filter(line -> line.startsWith("MemAvailable:"))
                    .mapToInt(line -> (int) (Long.parseLong(line.replaceAll("\\D", "")) >> 10)).findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(MEMORY + " cannot be read", e);
        }
    }

    /** With one more fact. */
    public Machine and(String subject, String fact) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.put(subject, fact);
        return new Machine(more);
    }

    /** With the version that a program tells, in its own words. */
    public Machine andVersionOf(String program) {
        return and(program, firstLine(program, "--version"));
    }

    /** With what runs VMs here. */
    public Machine andHypervisor(Qemu qemu) {
        return andVersionOf("libvirtd").and("hypervisor", qemu.toString());
    }

    /** One line a fact, in alphabetical order. */
    public String text() {
        StringBuilder text = new StringBuilder();
        facts.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(fact -> text.append(fact.getKey()).append(": ").append(fact.getValue()).append('\n'));
        return text.toString();
    }

    private static String firstLine(String... command) {
        return Processes.run(LIMIT, List.of(command)).text().lines().findFirst().orElse("(says nothing)").strip();
    }

    private static String processors() {
        try {
            String model = Files.readAllLines(PROCESSORS).stream().filter(line -> line.startsWith(MODEL)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("of an unknown model");
            return Runtime.getRuntime().availableProcessors() + " x " + model;
        } catch (IOException e) {
            throw new UncheckedIOException(PROCESSORS + " cannot be read", e);
        }
    }
}
