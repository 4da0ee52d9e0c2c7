package org.godwit.lab.experiment.hostlimits;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is running costs, summed over processes.
 *
 * @param memoryKb proportional set
 * @param ticks of processor time since they began, hundredths of a second
 */
record Upkeep(long processes, double memoryKb, long ticks) {

    private static final Set<String> KERNEL_MEMORY = Set.of("Slab:", "PageTables:", "KernelStack:", "Percpu:");

    /** Of the radvd processes that have their configuration in a folder. */
    static Upkeep ofRadvd(Path folder) {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            List<Path> ours = all.filter(path -> path.getFileName().toString().matches("\\d+")).filter(path -> {
                String command = read(path.resolve("cmdline"));
                return command.contains("radvd") && command.contains(folder.toString());
            }).toList();
            return new Upkeep(ours.size(), ours.stream().mapToDouble(Upkeep::memoryKb).sum(),
                    ours.stream().mapToLong(Upkeep::ticks).sum());
        } catch (IOException e) {
            throw new UncheckedIOException("the processes cannot be listed", e);
        }
    }

    /** What the kernel keeps for itself on this machine, in KB. */
    static double kernelKb() {
        return read(Path.of("/proc/meminfo")).lines().map(line -> line.split("\\s+"))
                .filter(words -> KERNEL_MEMORY.contains(words[0])).mapToDouble(words -> Double.parseDouble(words[1]))
                .sum();
    }

    private static double memoryKb(Path process) {
        return read(process.resolve("smaps_rollup")).lines().filter(line -> line.startsWith("Pss:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", ""))).sum();
    }

    /** The 14th and 15th word of proc(5)'s stat; the second may hold blanks, and ends with a bracket. */
    private static long ticks(Path process) {
        String stat = read(process.resolve("stat"));
        if (stat.isEmpty()) {
            return 0;
        }
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(words[11]) + Long.parseLong(words[12]);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // It has ended.
        }
    }
}
