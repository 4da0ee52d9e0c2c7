package org.godwit.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.godwit.operation.program.ConfiguredProgram;
import org.godwit.operation.program.Settings;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ConfigurationFileTest {

    private static final String SHIPPED = "../../../../../packaging/conf/host-agent.conf";

    @TempDir
    Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theFileThatIsShippedShowsEverySettingWithItsDefault() throws IOException {
        String shipped = Settings.of(Main.commandLine().getCommandSpec()).example();
        Golden.assertMatches(SHIPPED, shipped);
        assertThat(run(shipped, "--print-config")).isZero();
        String untouched = withoutOrigins();
        assertThat(run(shipped.replaceAll("(?m)^#(?=[a-z-]+ = [^A-Z]+$)", ""), "--print-config")).isZero();
        assertThat(withoutOrigins()).isEqualTo(untouched);
    }

    @Test
    void whoTheHostIsMustBeSaidWhole() throws IOException {
        assertThat(run("mcs = [2001:db8::1]:8441\nname = a-1\nlibvirt_uri = x\n")).isEqualTo(2);
        assertThat(err.toString().lines().skip(2)).extracting(line -> line.strip().split(": ")[1])
                .containsExactly("reachable-bridge", "libvirt-uri");
    }

    @Test
    void allThatDoesNotServeIsNamed() throws IOException {
        assertThat(run("mcs = 8441\nname = A 1\ntoken-file = /nowhere/token\nreachable-bridge = br0\n"
                + "libvirt-uri = qemu+tls://a-1/system\n", "--check-config")).isEqualTo(2);
        assertThat(err.toString().lines().skip(1)).extracting(line -> line.strip().split(": ")[1])
                .containsExactly("name", "mcs", "token-file");
    }

    @Test
    void theUnitLetsTheAgentMakeNetworkNamespacesAndNoOthers() throws IOException {
        assertThat(Files.readAllLines(Path.of("../packaging/systemd/godwit-host-agent.service")))
                .contains("RestrictNamespaces=net").filteredOn(line -> line.startsWith("CapabilityBoundingSet="))
                .singleElement().asString().contains("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_RAW");
    }

    private String withoutOrigins() {
        String settings = out.toString().replaceAll("(?m)^# .*\n", "");
        out.getBuffer().setLength(0);
        return settings;
    }

    private int run(String content, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("host-agent.conf"), content);
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] arguments = new String[options.length + 1];
        arguments[0] = "--config=" + file;
        System.arraycopy(options, 0, arguments, 1, options.length);
        return ConfiguredProgram.run(line, arguments);
    }
}
