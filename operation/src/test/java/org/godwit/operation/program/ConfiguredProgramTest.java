package org.godwit.operation.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

class ConfiguredProgramTest {

    @TempDir
    Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Heron> started = new ArrayList<>();

    private Path file;

    @Command(name = "heron", mixinStandardHelpOptions = true, version = "1", sortOptions = false)
    static final class Heron implements Runnable, ConfiguredProgram.Checked {

        private final List<Heron> started;

        @Mixin
        private ConfigurationOptions configuration;

        @Option(names = "--legs", defaultValue = "2", paramLabel = "N", //
                description = "On how many it stands, by default ${DEFAULT-VALUE}. One is enough while it waits for fish in"
                        + " water that is not too deep.")
        private int legs;

        @Option(names = "--pond", required = true, paramLabel = "URI", description = "Where it stands.")
        private URI pond;

        @Option(names = "--prey", split = "\\s*,\\s*", paramLabel = "FISH=N", description = "What it has caught.")
        private Map<String, Integer> prey = new LinkedHashMap<>();

        @ArgGroup(exclusive = false)
        private Nest nest;

        static final class Nest {

            @Option(names = "--tree", required = true, description = "Where its nest is.")
            private String tree;

            @Option(names = "--eggs", required = true, description = "How many are in it.")
            private int eggs;
        }

        @Option(names = "--state", scope = ScopeType.INHERIT, defaultValue = "/var", description = "Its folder.")
        private Path state;

        private boolean cleaned;

        Heron(List<Heron> started) {
            this.started = started;
        }

        @Command(name = "clean", description = "Removes all.")
        void clean() {
            cleaned = true;
            started.add(this);
        }

        @Override
        public void run() {
            started.add(this);
        }

        @Override
        public void check() {
            if (legs > 2) {
                throw new IllegalArgumentException("no heron has " + legs + " legs\nnor has any other bird");
            }
        }
    }

    @BeforeEach
    void name() {
        file = folder.resolve("heron.conf");
    }

    @Test
    void whatTheFileSaysIsInForce() throws IOException {
        assertThat(
                run("legs = 1", "pond = pond:blue", "prey = eel=3, carp=1", "prey = pike=2", "tree = oak", "eggs = 4"))
                .isZero();
        Heron heron = started.getFirst();
        assertThat(heron.legs).isEqualTo(1);
        assertThat(heron.pond).isEqualTo(URI.create("pond:blue"));
        assertThat(heron.prey).isEqualTo(Map.of("eel", 3, "carp", 1, "pike", 2));
        assertThat(heron.nest.eggs).isEqualTo(4);
    }

    @Test
    void theCommandLineOverrides() throws IOException {
        Files.writeString(file, "legs = 1\npond = pond:blue\nprey = eel=3\n");
        assertThat(execute("--config", file.toString(), "--prey", "pike=1", "--legs=2")).isZero();
        assertThat(started.getFirst().legs).isEqualTo(2);
        assertThat(started.getFirst().prey).isEqualTo(Map.of("pike", 1));
    }

    @Test
    void allProblemsAreSaidAtOnceAndNothingStarts() throws IOException {
        assertThat(run("lags = 1", "legs = two", "eggs = 4", "legs = 2", "prey = eel", "wings")).isEqualTo(2);
        assertThat(started).isEmpty();
        assertThat(err.toString().replace(file.toString(), "heron.conf")).isEqualTo(
                """
                        heron: 7 problems in the configuration:
                          heron.conf:6: is no line of the form "key = value"
                          heron.conf:1: lags: is no setting: did you mean "legs"?
                          heron.conf:2: legs: 'two' is not an int
                          heron.conf:4: legs: is set in line 2 already
                          heron.conf:5: prey: must look like FISH=N, got "eel"
                          file and command line: pond: is missing
                          file and command line: tree: is missing
                        """);
    }

    @Test
    void whatIsMissingIsCalledByItsKey() throws IOException {
        assertThat(run("legs = 1", "--check-config")).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("""
                heron: a problem in the configuration:
                  file and command line: pond: is missing
                """);
        assertThat(run("legs = 1", "--help")).isZero();
    }

    @Test
    void whatIsInForceIsPrintedWithItsOrigin() throws IOException {
        Files.writeString(file, "pond = pond:blue\nprey = eel=3\nprey = carp=1\n");
        assertThat(execute("--config=" + file, "--print-config", "--legs", "1")).isZero();
        assertThat(out.toString().replace(file.toString(), "heron.conf")).isEqualTo("""
                # command line
                legs = 1
                # heron.conf:1
                pond = pond:blue
                # heron.conf:2, heron.conf:3
                prey = eel=3, carp=1
                #tree is not set
                #eggs is not set
                # default
                state = /var
                """);
        assertThat(started).isEmpty();
    }

    @Test
    void aCheckFindsWhatDoesNotFitTogether() throws IOException {
        assertThat(run("legs = 3", "pond = pond:blue", "--check-config")).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("""
                heron: 2 problems in the configuration:
                  no heron has 3 legs
                  nor has any other bird
                """);
        assertThat(run("legs = 1", "pond = pond:blue", "--check-config")).isZero();
        assertThat(started).isEmpty();
    }

    @Test
    void anotherCommandHasTheFileToo() throws IOException {
        Files.writeString(file, "pond = pond:blue\nstate = /srv\n");
        assertThat(execute("--config", file.toString(), "clean")).isZero();
        assertThat(started.getFirst().cleaned).isTrue();
        assertThat(started.getFirst().state).isEqualTo(Path.of("/srv"));
    }

    @Test
    void anExampleShowsEverySettingAndItsDefault() throws IOException {
        String example = Settings.of(line().getCommandSpec()).example();
        Golden.assertMatches("heron.conf", example);
        // What is commented out is what is in force without it.
        assertThat(run(example.replace("#legs", "legs").replace("#state", "state"), "pond = pond:blue")).isZero();
        assertThat(started.getFirst().legs).isEqualTo(2);
    }

    /** @param lines of the file; those that begin with dashes are options */
    private int run(String... lines) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--config", file.toString()));
        StringBuilder content = new StringBuilder();
        for (String each : lines) {
            if (each.startsWith("--")) {
                arguments.add(each);
            } else {
                content.append(each).append('\n');
            }
        }
        Files.writeString(file, content);
        return execute(arguments.toArray(String[]::new));
    }

    private int execute(String... arguments) {
        return ConfiguredProgram.run(line(), arguments);
    }

    private CommandLine line() {
        return new CommandLine(new Heron(started)).setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }
}
