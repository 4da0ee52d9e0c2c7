package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class GodwitTest {

    @Test
    void theHelpListsCommandsAndExitCodes() {
        Trial trial = new Trial().run("--help");
        assertThat(trial.exitCode()).isZero();
        Golden.assertMatches("help/godwit.txt", trial.out());
    }

    @Test
    void theHelpOfMigrateSaysWhatCtrlCDoes() {
        Golden.assertMatches("help/migrate.txt", new Trial().run("migrate", "--help").out());
    }

    @Test
    void everyCommandHasAnExampleInItsHelp() {
        List<CommandLine> commands = new ArrayList<>();
        collect(Godwit.commandLine(new Trial().surroundings(Map.of())), commands);
        assertThat(commands).hasSizeGreaterThan(30).allSatisfy(command -> {
            String name = command.getCommandSpec().qualifiedName();
            assertThat(command.getUsageMessage()).as(name).contains("Example", "--output", "--server");
        });
    }

    /** To be quick it knows no other than the one that is asked for. */
    @Test
    void everyCommandIsFoundByItsName() {
        List<CommandLine> commands = new ArrayList<>();
        collect(Godwit.commandLine(new Trial().surroundings(Map.of())), commands);
        assertThat(commands).allSatisfy(command -> {
            String[] path = command.getCommandSpec().qualifiedName().replaceFirst("^godwit ?", "").split(" ");
            String[] help = Stream.concat(Stream.of(path).filter(word -> !word.isEmpty()), Stream.of("--help"))
                    .toArray(String[]::new);
            assertThat(new Trial().run(help).out()).isEqualTo(command.getUsageMessage());
        });
    }

    @Test
    void completionKnowsTheCommands() {
        assertThat(new Trial().run("completion").out()).startsWith("#!/usr/bin/env bash").contains("migrate")
                .contains("--token-file")
                .contains("(\"pre-copy\" \"post-copy\" \"hybrid-copy\" \"suspended\" \"cold\" \"auto\")")
                .contains("(\"table\" \"wide\" \"json\" \"yaml\" \"name\")");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(new Trial().run("version").out()).matches("godwit \\d+\\.\\d+\\.\\d+\\S*\\n");
        assertThat(new Trial().run("version", "-o", "json").out())
                .matches("\\{\\n  \"version\": \"\\d+\\.\\S+\"\\n\\}\\n");
        assertThat(new Trial().run("--version").out()).isEqualTo(new Trial().run("version").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "site", "migrate web", "site add", "site list -o xml", "migrat web --to b" })
    void aWrongCommandLineExitsWithTwoInOneLine(String line) {
        Trial trial = new Trial().run(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(trial.exitCode()).isEqualTo(2);
        assertThat(trial.err().lines()).hasSize(1);
        assertThat(trial.err()).startsWith("godwit: ").endsWith(" --help\n");
    }

    @ParameterizedTest
    @CsvSource({"token add alice --role boss, the role must be one of viewer",
            "migration list --outcome done, the outcome must be one of running",
            "migration list --phase FLYING, the phase must be one of REQUESTED" })
    void aWordThatAnOptionDoesNotTakeIsRefusedWithThoseThatItTakes(String line, String complaint) {
        Trial trial = new Trial().run(line.split(" "));
        assertThat(trial.exitCode()).isEqualTo(2);
        assertThat(trial.err()).contains(complaint);
    }

    @Test
    void aWordThatIsNearlyOneIsAskedAfter() {
        assertThat(new Trial().run("migrat", "web").err()).contains("did you mean migrate or migration?");
        assertThat(new Trial().run("vm", "lst").err()).contains("did you mean list?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "ftp://[::1]", "http://[::1]:8440/v1", "http://", "http://user@[::1]",
            "http://[::1" })
    void aServerAddressThatIsNoneExitsWithTwo(String address) {
        Trial trial = new Trial().run("site", "list", "--server", address);
        assertThat(trial.exitCode()).isEqualTo(2);
        assertThat(trial.err()).contains("must look like https://[::1]:8440").contains("\"" + address + "\"");
    }

    private static void collect(CommandLine command, List<CommandLine> into) {
        into.add(command);
        command.getSubcommands().values().forEach(subcommand -> collect(subcommand, into));
    }
}
