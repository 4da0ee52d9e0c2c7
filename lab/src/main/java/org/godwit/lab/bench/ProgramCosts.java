package org.godwit.lab.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.godwit.lab.LabException;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.protocol.rest.RestJson;

/**
 * Lets the kernel count what BPF programs cost, which it does only when asked since counting costs something too. The switch
 * is the whole machine's; closing puts it back as it was.
 */
final class ProgramCosts implements AutoCloseable {

    private static final Path SWITCH = Path.of("/proc/sys/kernel/bpf_stats_enabled");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String PROGRAM_ID = "prog_id:";

    private final String before;
    private final Thread putBackAtExit = new Thread(this::putBack, "bpf-statistics");

    ProgramCosts() {
        try {
            before = Files.readString(SWITCH);
            Runtime.getRuntime().addShutdownHook(putBackAtExit);
            Files.writeString(SWITCH, "1\n");
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel's BPF statistics cannot be switched on", e);
        }
    }

    /** What ran so far of the programs that these processes hold, summed by name, in alphabetical order. */
    List<ProgramCost> of(List<Running> holders) {
        Set<Long> ours = new HashSet<>();
        holders.forEach(holder -> ours.addAll(programsOf(holder.pid())));
        Map<String, ProgramCost> sums = new TreeMap<>();
        try {
            JsonNode all = RestJson.lenient()
                    .readTree(Processes.run(LIMIT, List.of("bpftool", "--json", "prog", "show")).text());
            for (JsonNode program : all) {
                if (ours.contains(program.path("id").asLong()) && program.path("run_cnt").asLong() > 0) {
                    ProgramCost cost = new ProgramCost(program.path("name").asText(), program.path("run_cnt").asLong(),
                            program.path("run_time_ns").asLong());
                    sums.merge(cost.program(), cost, (a, b) -> new ProgramCost(a.program(), a.runs() + b.runs(),
                            a.ns() + b.ns()));
                }
            }
        } catch (JsonProcessingException e) {
            throw new LabException("bpftool did not answer JSON", e);
        }
        return List.copyOf(sums.values());
    }

    private static Set<Long> programsOf(long pid) {
        Set<Long> programs = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid),
                "fdinfo"))) {
            for (Path descriptor : descriptors) {
                try {
                    Files.readAllLines(descriptor).stream().filter(line -> line.startsWith(PROGRAM_ID))
                            .map(line -> Long.parseLong(line.substring(PROGRAM_ID.length()).strip()))
                            .forEach(programs::add);
                } catch (NoSuchFileException e) {
                    // Closed meanwhile.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the descriptors of process " + pid + " cannot be read", e);
        }
        return programs;
    }

    private void putBack() {
        try {
            Files.writeString(SWITCH, before);
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel's BPF statistics cannot be put back to " + before, e);
        }
    }

    @Override
    public void close() {
        putBack();
        Runtime.getRuntime().removeShutdownHook(putBackAtExit);
    }
}
