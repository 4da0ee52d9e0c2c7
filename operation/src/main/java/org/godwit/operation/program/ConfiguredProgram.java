package org.godwit.operation.program;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.operation.configuration.ConfigurationFile;
import org.godwit.operation.configuration.ConfigurationFile.Entry;
import org.godwit.operation.configuration.Problem;
import org.godwit.operation.configuration.Suggestion;
import org.godwit.operation.log.LogLines;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * A program whose options may also stand in a file. What a file says becomes options in front of those of the command line, so
 * both are read, converted and checked by the same declarations, and a new option is a new setting by itself.
 */
public final class ConfiguredProgram {

    /** A command with a {@link ConfigurationOptions} mixin. */
    public interface Checked {

        /**
         * Looks at what can be checked without beginning anything: whether settings fit each other, whether files are there.
         *
         * @throws IllegalArgumentException with a sentence for the operator, a line for each problem
         */
        void check();
    }

    private final CommandLine line;
    private final Settings settings;
    private final ConfigurationOptions wishes;
    private final Map<String, String> origins = new HashMap<>();

    private ConfiguredProgram(CommandLine line) {
        this.line = line;
        this.settings = Settings.of(line.getCommandSpec());
        this.wishes = mixin(line, ConfigurationOptions.class)
                .orElseThrow(() -> new IllegalArgumentException("the command has no ConfigurationOptions"));
    }

    private static <T> Optional<T> mixin(CommandLine line, Class<T> type) {
        return line.getCommandSpec().mixins().values().stream().map(mixin -> mixin.userObject())
                .filter(type::isInstance).map(type::cast).findFirst();
    }

    /**
     * Reads file and arguments, and runs the command, or says all that is wrong.
     *
     * @param line whose command is {@link Checked}
     * @return the status to end with: 2 when something has to be mended
     */
    public static int run(CommandLine line, String... arguments) {
        return new ConfiguredProgram(
                line.setOverwrittenOptionsAllowed(true).setCaseInsensitiveEnumValuesAllowed(true)).run(arguments);
    }

    private int run(String... arguments) {
        List<Problem> problems = new ArrayList<>();
        List<String> all = new ArrayList<>();
        Set<String> given = given(arguments);
        file(arguments)
                .ifPresent(file -> all.addAll(fromFile(ConfigurationFile.read(file, problems), given, problems)));
        all.addAll(List.of(arguments));
        // picocli would say the first thing that is missing, and not where it could stand.
        if (!problems.isEmpty() || errors(all).stream().anyMatch(MissingParameterException.class::isInstance)) {
            problems.addAll(missing(all, problems));
        }
        if (!problems.isEmpty()) {
            return refuse(problems.stream().map(Problem::toString).toList());
        }
        given.forEach(key -> origins.put(key, "command line"));
        return line.setExecutionStrategy(this::execute).execute(all.toArray(String[]::new));
    }

    private int execute(ParseResult parsed) {
        boolean wanted = wishes.check() || wishes.print();
        if (!wanted || parsed.hasSubcommand() || parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested()) {
            mixin(line, LogOptions.class).map(LogOptions::format).ifPresent(LogLines::use);
            return new CommandLine.RunLast().execute(parsed);
        }
        if (wishes.print()) {
            line.getOut().print(effective());
            line.getOut().flush();
        }
        if (wishes.check()) {
            try {
                ((Checked) line.getCommand()).check();
                line.getErr().println(settings.program() + ": the configuration is sound");
            } catch (IllegalArgumentException e) {
                return refuse(e.getMessage().lines().toList());
            }
        }
        return ExitCode.OK;
    }

    private int refuse(List<String> problems) {
        line.getErr().println(
                settings.program() + ": " + (problems.size() == 1 ? "a problem" : problems.size() + " problems")
                        + " in the configuration:");
        problems.forEach(problem -> line.getErr().println("  " + problem));
        return ExitCode.USAGE;
    }

    private static Stream<String> words(String... arguments) {
        return Arrays.stream(arguments).takeWhile(argument -> !argument.equals("--"));
    }

    /** The file has to be known before the options can be read. */
    private static Optional<Path> file(String... arguments) {
        List<String> words = words(arguments).toList();
        for (int i = words.size() - 1; i >= 0; i--) {
            if (words.get(i).startsWith(ConfigurationOptions.FILE + "=")) {
                return Optional.of(Path.of(words.get(i).substring(ConfigurationOptions.FILE.length() + 1)));
            }
            if (words.get(i).equals(ConfigurationOptions.FILE) && i + 1 < words.size()) {
                return Optional.of(Path.of(words.get(i + 1)));
            }
        }
        return Optional.empty();
    }

    /** The settings that the command line names. */
    private Set<String> given(String... arguments) {
        Set<String> names = words(arguments).map(word -> word.replaceFirst("=.*", "")).collect(Collectors.toSet());
        return settings.byKey().entrySet().stream()
                .filter(setting -> Arrays.stream(setting.getValue().names()).anyMatch(names::contains))
                .map(Map.Entry::getKey).collect(Collectors.toCollection(HashSet::new));
    }

    private List<String> fromFile(ConfigurationFile file, Set<String> overridden, List<Problem> problems) {
        List<String> options = new ArrayList<>();
        Map<String, Entry> seen = new HashMap<>();
        for (Entry entry : file.entries()) {
            OptionSpec option = settings.byKey().get(entry.key());
            Entry before = seen.putIfAbsent(entry.key(), entry);
            String wrong = option == null
                    ? Suggestion.unknown(entry.key(), settings.byKey().keySet())
                    : before != null && !option.isMultiValue()
                            ? "is set in line " + before.line() + " already"
                            : wrongWith(entry);
            if (wrong != null) {
                problems.add(new Problem(file.place(entry), entry.key(), wrong));
            } else if (!overridden.contains(entry.key())) {
                options.add(argument(entry));
                origins.merge(entry.key(), file.place(entry), (first, next) -> first + ", " + next);
            }
        }
        return options;
    }

    private static String argument(Entry entry) {
        return "--" + entry.key() + "=" + entry.value();
    }

    /** @return null when the value can be converted */
    private String wrongWith(Entry entry) {
        return errors(List.of(argument(entry))).stream()
                .filter(error -> !(error instanceof MissingParameterException)).findFirst()
                .map(error -> error.getCause() instanceof TypeConversionException cause
                        ? cause.getMessage()
                        : "must look like " + settings.byKey().get(entry.key()).paramLabel() + ", got \""
                                + entry.value()
                                + "\"")
                .orElse(null);
    }

    /** What is required and neither in the file, sound or not, nor on the command line. */
    private List<Problem> missing(List<String> arguments, List<Problem> others) {
        Set<String> named = given(arguments.toArray(String[]::new));
        others.forEach(problem -> named.add(problem.key()));
        return settings.byKey().entrySet().stream()
                .filter(setting -> setting.getValue().required() && !named.contains(setting.getKey()))
                .filter(setting -> setting.getValue().group() == null
                        || Settings.companions(setting.getValue()).anyMatch(named::contains))
                .map(setting -> new Problem("file and command line", setting.getKey(), "is missing")).toList();
    }

    private List<Exception> errors(List<String> arguments) {
        line.getCommandSpec().parser().collectErrors(true);
        try {
            return line.parseArgs(arguments.toArray(String[]::new)).errors();
        } catch (ParameterException e) {
            // groups are checked without collecting
            return List.of(e);
        } finally {
            line.getCommandSpec().parser().collectErrors(false);
        }
    }

    private String effective() {
        ParseResult parsed = line.getParseResult();
        return settings.byKey().entrySet().stream().map(setting -> {
            String key = setting.getKey();
            List<String> values = parsed.hasMatchedOption(setting.getValue())
                    ? parsed.matchedOption(setting.getValue().longestName()).originalStringValues()
                    : Optional.ofNullable(setting.getValue().defaultValue()).stream().toList();
            if (values.isEmpty()) {
                return "#" + key + " is not set\n";
            }
            String origin = origins.getOrDefault(key, "default");
            // The last word of several, all words of a list.
            String value = setting.getValue().isMultiValue() ? String.join(", ", values) : values.getLast();
            return "# " + origin + "\n" + key + " = " + value + "\n";
        }).collect(Collectors.joining());
    }
}
