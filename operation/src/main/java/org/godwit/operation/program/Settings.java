package org.godwit.operation.program;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a program that may stand in a file, by their keys: the names without dashes, in the order of the help. */
public record Settings(String program, Map<String, OptionSpec> byKey) {

    private static final int WIDTH = 100;

    public static Settings of(CommandSpec spec) {
        Map<String, OptionSpec> options = new LinkedHashMap<>();
        for (OptionSpec option : spec.options()) {
            boolean ofTheFile = !saysSomethingAndEnds(option)
                    && spec.mixins().values().stream().noneMatch(mixin -> mixin.findOption(option.longestName()) != null
                            && mixin.userObject() instanceof ConfigurationOptions);
            if (ofTheFile) {
                options.put(option.longestName().substring(2), option);
            }
        }
        return new Settings(spec.name(), options);
    }

    // picocli wishes for subcommands instead, but the annotation has no other word for this.
    @SuppressWarnings("deprecation")
    private static boolean saysSomethingAndEnds(OptionSpec option) {
        return option.usageHelp() || option.versionHelp() || option.help();
    }

    /** A file that sets nothing: every setting with what it means, its default commented out. */
    public String example() {
        return "# Settings of " + program + ", each on a line: key = value\n"
                + "# Those that begin with # show the defaults. \"" + program
                + " --config FILE --check-config\" says what is"
                + " wrong.\n# Secrets do not stand here: where one is needed, its file is named.\n"
                + byKey.entrySet().stream().map(setting -> "\n" + example(setting.getKey(), setting.getValue()))
                        .collect(Collectors.joining());
    }

    private static String example(String key, OptionSpec option) {
        String description = Arrays.stream(option.description()).collect(Collectors.joining(" "))
                .replace(", by default " + option.defaultValue(), "");
        String value = option.defaultValue() == null
                ? option.paramLabel() + (option.isMultiValue() ? ", …" : "")
                : option.defaultValue();
        return wrapped(description + need(option))
                + "#" + key + " = " + value + "\n";
    }

    private static String need(OptionSpec option) {
        if (!option.required()) {
            return "";
        }
        return option.group() == null
                ? " Required."
                : companions(option).collect(Collectors.joining(", ", " Needed together with ", "."));
    }

    /** The keys of the others of its group. */
    static Stream<String> companions(OptionSpec option) {
        return option.group().args().stream().filter(other -> other != option && other.isOption())
                .map(other -> ((OptionSpec) other).longestName().substring(2));
    }

    private static String wrapped(String text) {
        StringBuilder lines = new StringBuilder("#");
        int column = 1;
        for (String word : text.split(" ")) {
            if (column + 1 + word.length() > WIDTH) {
                lines.append("\n#");
                column = 1;
            }
            lines.append(' ').append(word);
            column += 1 + word.length();
        }
        return lines.append('\n').toString();
    }
}
