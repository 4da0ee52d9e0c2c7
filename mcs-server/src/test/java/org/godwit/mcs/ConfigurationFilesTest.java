package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.godwit.operation.program.ConfiguredProgram;
import org.godwit.operation.program.Settings;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ConfigurationFilesTest {

    private static final String SHIPPED = "../../../../../packaging/conf/";

    @TempDir
    Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"mcs-server", "godwit-ims" })
    void theFileThatIsShippedShowsEverySettingWithItsDefault(String program) throws IOException {
        String shipped = Settings.of(line(program).getCommandSpec()).example();
        Golden.assertMatches(SHIPPED + program + ".conf", shipped);

        Path file = Files.writeString(folder.resolve("x.conf"), shipped);
        assertThat(print(program, file)).as(err.toString()).isZero();
        String untouched = out.toString();
        out.getBuffer().setLength(0);
        // Capitals stand for what has no default.
        Files.writeString(file, shipped.replaceAll("(?m)^#(?=[a-z-]+ = [^A-Z]+$)", ""));
        assertThat(print(program, file)).as(err.toString()).isZero();
        assertThat(withoutOrigins(out.toString())).isEqualTo(withoutOrigins(untouched));
    }

    @Test
    void settingsThatDoNotFitTogetherAreAllNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("mcs.conf"), """
                hoa-space = 2001:db8:face::/64
                ims = [::]:0
                ims-admin = [::1]:4343
                home-gateway = 2001:db8:5::1=2001:db8:face::/64
                """);
        assertThat(ConfiguredProgram.run(line("mcs-server"), "--config", file.toString(), "--check-config"))
                .isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(4)
                .anyMatch(line -> line.contains("ims: must name the port"))
                .anyMatch(line -> line.contains("ims-advertised: is missing"))
                .anyMatch(line -> line.contains("home-gateway: "));
    }

    @Test
    void aValueThatCannotBeReadIsNamedWithItsLine() throws IOException {
        Path file = Files.writeString(folder.resolve("mcs.conf"), "rest = 8440\nhoa_space = x\nhoa-spce = x\n");
        assertThat(ConfiguredProgram.run(line("mcs-server"), "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString().replace(file.toString(), "mcs.conf")).isEqualTo("""
                mcs-server: 4 problems in the configuration:
                  mcs.conf:2: is no line of the form "key = value"
                  mcs.conf:1: rest: an address with a port looks like [::1]:8440, got "8440"
                  mcs.conf:3: hoa-spce: is no setting: did you mean "hoa-space"?
                  file and command line: hoa-space: is missing
                """);
    }

    private int print(String program, Path file) {
        String[] required = program.equals("mcs-server")
                ? new String[]{"--hoa-space", "2001:db8:face::/64" }
                : new String[0];
        return ConfiguredProgram.run(line(program),
                Stream.concat(Stream.of("--config", file.toString(), "--print-config"), Stream.of(required))
                        .toArray(String[]::new));
    }

    private static String withoutOrigins(String settings) {
        return settings.replaceAll("(?m)^# .*\n", "");
    }

    private CommandLine line(String program) {
        Callable<Integer> command = program.equals("mcs-server") ? new Main() : new ImsMain();
        return Programs.commandLine(program, command).setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }
}
