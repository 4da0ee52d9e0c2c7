package org.godwit.lab.bench;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.godwit.lab.LabException;
import org.godwit.protocol.rest.RestJson;

/**
 * What the runs of a benchmark gave, kept on disk after each of them: a benchmark that is interrupted has lost nothing.
 *
 * @param <R> one run: a record of numbers, strings and truth values, which becomes one line of the CSV
 */
public final class Results<R extends Record> {

    private final Path folder;
    private final String benchmark;
    private final Machine machine;
    private final Map<String, Object> options;
    private final Class<R> shape;
    private final List<R> runs = new ArrayList<>();

    /**
     * @param folder is made; {@code BENCHMARK.json} and {@code BENCHMARK.csv} are written there
     * @param options with which the benchmark was started
     */
    public Results(Path folder, String benchmark, Machine machine, Map<String, Object> options, Class<R> shape) {
        this.folder = folder.toAbsolutePath().normalize();
        this.benchmark = requireNonNull(benchmark, "benchmark is null");
        this.machine = requireNonNull(machine, "machine is null");
        this.options = new LinkedHashMap<>(options);
        this.shape = requireNonNull(shape, "shape is null");
        try {
            Files.createDirectories(this.folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be made", e);
        }
    }

    /**
     * The same, going on with what is in the folder already.
     *
     * @throws LabException when that was begun with other options, or is something else
     */
    public static <R extends Record> Results<R> resumed(Path folder, String benchmark, Machine machine,
            Map<String, Object> options, Class<R> shape) {
        Results<R> results = new Results<>(folder, benchmark, machine, options, shape);
        Path file = results.folder.resolve(benchmark + ".json");
        if (Files.exists(file)) {
            String otherwise = "; choose another folder, or begin anew";
            try {
                JsonMapper json = RestJson.strict();
                JsonNode kept = json.readTree(Files.readString(file));
                JsonNode wanted = json.readTree(json.writeValueAsString(results.options));
                if (!wanted.equals(kept.path("options"))) {
                    throw new LabException(file + " was begun with other options: " + kept.path("options") + " and not "
                            + wanted + otherwise);
                }
                for (JsonNode run : kept.path("runs")) {
                    results.runs.add(json.treeToValue(run, shape));
                }
            } catch (IOException e) {
                throw new LabException(file + " cannot be gone on with" + otherwise, e);
            }
        }
        return results;
    }

    public Path folder() {
        return folder;
    }

    /** The runs so far. */
    public synchronized List<R> runs() {
        return List.copyOf(runs);
    }

    /** Keeps one more run, in memory and on disk. */
    public synchronized void add(R run) {
        runs.add(run);
        try {
            write(benchmark + ".csv", csv(shape, runs));
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("benchmark", benchmark);
            all.put("machine", machine.facts());
            all.put("options", options);
            all.put("runs", runs);
            write(benchmark + ".json",
                    RestJson.strict().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("the results cannot be kept in " + folder, e);
        }
    }

    /** A line of names, then a line for each run. What is not known stays empty. */
    static <R extends Record> String csv(Class<R> shape, List<R> runs) {
        RecordComponent[] columns = shape.getRecordComponents();
        StringBuilder text = new StringBuilder();
        text.append(Arrays.stream(columns).map(column -> snakeCase(column.getName())).collect(Collectors.joining(",")))
                .append('\n');
        for (R run : runs) {
            text.append(Arrays.stream(columns).map(column -> cell(column, run)).collect(Collectors.joining(",")))
                    .append('\n');
        }
        return text.toString();
    }

    private static String cell(RecordComponent column, Record run) {
        try {
            // A run's record need not be known outside of its package.
            Method accessor = column.getAccessor();
            accessor.setAccessible(true);
            String text = Objects.toString(accessor.invoke(run), "");
            // RFC 4180: quoted where it must be.
            return text.matches("[^\",\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's component " + column + " cannot be read", e);
        }
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private void write(String name, String text) throws IOException {
        Path draft = folder.resolve(name + ".draft");
        Files.writeString(draft, text);
        Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
