package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    private static final String KEY = "00112233445566778899aabbccddeeff";

    @TempDir
    private Path folder;

    @Test
    void aGuestNeedsItsChannelOnly() {
        assertThat(Options.of(new String[]{"--channel", "/dev/vport1p1", "--pin", "/sys/fs/bpf/godwit" })).isEqualTo(
                new Options.Guest("/dev/vport1p1", Optional.of(Path.of("/sys/fs/bpf/godwit")), Optional.empty()));
        assertThat(Options.of(new String[]{"--self-test" })).isEqualTo(new Options.SelfTest());
    }

    @Test
    void whoAsksForHelpGetsItWhateverElseStandsThere() {
        assertThat(Options.of(new String[]{"--peer", "--help" })).isEqualTo(new Options.Help());
    }

    @Test
    void commandsLookWhereAgentsAreToldToPin() {
        assertThat(Options.of(new String[]{"probe" }))
                .isEqualTo(new Options.Probe(Reports.Format.TABLE, Options.PIN_STANDARD));
        assertThat(Options.of(new String[]{"counters", "-o", "prometheus", "--pin", "/sys/fs/bpf/x" }))
                .isEqualTo(new Options.Counters(Reports.Format.PROMETHEUS, Path.of("/sys/fs/bpf/x")));
        assertThat(Options.of(new String[]{"uninstall" })).isEqualTo(new Options.Uninstall(Options.PIN_STANDARD));
    }

    @Test
    void aPeerSaysWhoItIs() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), KEY + "\n");

        Options options = Options.of(new String[]{"--peer", "--hoa", "2001:db8:face::c", "--hoa-space",
                "2001:db8:face::/64", "--interface", "eth0,eth1", "--ims", "[2001:db8:d::53]:4342", "--key-file",
                key.toString() });

        assertThat(options).isInstanceOfSatisfying(Options.Peer.class, peer -> {
            assertThat(peer.interfaceNames()).containsExactly("eth0", "eth1");
            assertThat(peer.identity().hoa()).hasToString("2001:db8:face::c");
            assertThat(peer.identity().imsPort()).isEqualTo(4342);
            assertThat(peer.identity().imsKey().hex()).isEqualTo(KEY);
            assertThat(peer.toString()).doesNotContain(KEY);
        });
    }

    @Test
    void theFileThatIsShippedIsThatOfAGuest() {
        String shipped = Path.of("../packaging/conf/guest-agent.conf").toString();
        Options.Guest guest = new Options.Guest("/dev/virtio-ports/org.godwit.guest.0",
                Optional.of(Options.PIN_STANDARD), Optional.of(Path.of("/var/lib/godwit/guest-agent")));
        assertThat(Options.of(new String[]{"--config", shipped })).isEqualTo(guest);
        assertThat(Options.of(new String[]{"--config", shipped, "--check-config" }))
                .isEqualTo(new Options.Check(guest));
        assertThat(Options.of(new String[]{"--config", shipped, "--pin", "/sys/fs/bpf/x" }))
                .isEqualTo(new Options.Guest(guest.channel(), Optional.of(Path.of("/sys/fs/bpf/x")),
                        guest.stateFolder()));
    }

    @Test
    void whatIsInForceIsPrintedWithWhereItWasSet(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("x.conf"), "# a VM\nchannel = /dev/vport0p1\npin = /a\n");
        String[] arguments = {"--config", file.toString(), "--pin", "/b", "--print-config" };
        assertThat(Options.of(arguments)).isInstanceOfSatisfying(Options.Print.class,
                print -> assertThat(print.text()).startsWith("# " + file + ":2\nchannel = /dev/vport0p1\n")
                        .contains("#peer is not set\n", "# command line\npin = /b\n"));
    }

    @Test
    void theFileThatIsShippedNamesEverySetting() throws IOException {
        assertThat(Files.readAllLines(Path.of("../packaging/conf/guest-agent.conf")).stream()
                .filter(line -> line.matches("#?[a-z-]+ = .*")).map(line -> line.replaceAll("#| =.*", "")))
                .containsExactlyInAnyOrderElementsOf(Options.SETTINGS);
    }

    @Test
    void allThatIsWrongWithAFileIsSaidAtOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("guest-agent.conf"),
                "chanel = -\npeer = yes\npin = /a\npin = /b\n");
        assertThatThrownBy(() -> Options.of(new String[]{"--config", file.toString() })).hasMessage("""
                FILE:1: chanel: is no setting: did you mean "channel"?
                FILE:2: peer: must be true or false, got "yes"
                FILE:4: pin: is set already""".replace("FILE", file.toString()));
    }

    @Test
    void aPeersFileMayStandBesideWhatTheCommandLineSays() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), KEY + "\n");
        Path file = Files.writeString(folder.resolve("guest-agent.conf"), "peer = true\nhome-gateway = false\n"
                + "hoa = 2001:db8:face::c\nhoa-space = 2001:db8:face::/64\nims = [2001:db8:d::53]:4342\n"
                + "key-file = " + key + "\n");
        assertThat(Options.of(new String[]{"--config", file.toString(), "--interface", "eth0" }))
                .isInstanceOfSatisfying(Options.Peer.class,
                        peer -> assertThat(peer.identity().hoa()).isEqualTo(HomeAddress.of("2001:db8:face::c")));
    }

    @Test
    void aHomeGatewaySaysAlsoWhatItsProxyAddressesAreMadeOf() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), KEY + "\n");

        Options options = Options.of(new String[]{"--home-gateway", "--proxy-prefix", "2001:db8:e::/64",
                "--proxy-key-file", "/var/lib/godwit/proxy.key", "--hoa", "2001:db8:face::fe", "--hoa-space",
                "2001:db8:face::/64", "--interface", "eth0", "--ims", "[2001:db8:d::53]:4342", "--key-file",
                key.toString(), "--correspondents", "2001:db8:d::1,2001:db8:d::2" });

        assertThat(options).isInstanceOfSatisfying(Options.Gateway.class, gateway -> {
            assertThat(gateway.correspondents()).containsExactlyInAnyOrder(HomeAddress.of("2001:db8:d::1"),
                    HomeAddress.of("2001:db8:d::2"));
            assertThat(gateway.proxyPrefix()).hasToString("2001:db8:e::/64");
            assertThat(gateway.proxyKeyFile()).hasToString("/var/lib/godwit/proxy.key");
            assertThat(gateway.identity().hoa()).hasToString("2001:db8:face::fe");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                    | --channel is missing
            --channel                             | --channel needs a value
            --channel x --channel y               | expected an option that was not given yet, got "--channel"
            --channel x --colour red              | do not know what to do with [--colour] here
            --channel x start                     | expected an option that was not given yet, got "start"
            start                                 | the command must be probe, counters or uninstall, got "start"
            probe -o prometheus                   | -o must be one of [table, json], got "prometheus"
            counters -o                           | -o needs a value
            uninstall -o json                     | do not know what to do with [-o] here
            --peer                                | --ims is missing
            --home-gateway                        | --ims is missing
            --peer --ims 2001:db8::1              | --ims must look like [2001:db8:d::53]:4342
            --peer --ims [192.0.2.1]:4342         | --ims must look like [2001:db8:d::53]:4342
            --peer --ims [2001:db8::1]:domain     | --ims must look like [2001:db8:d::53]:4342
            --peer --ims [nowhere]:4342           | --ims must look like [2001:db8:d::53]:4342
            """)
    void whatIsWrongIsSaid(String line, String message) {
        String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");

        assertThatThrownBy(() -> Options.of(arguments)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aBadKeyFileIsNamedButNotShown() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), KEY + "zz");

        assertThatThrownBy(() -> Options.of(new String[]{"--peer", "--hoa", "2001:db8:face::c", "--hoa-space",
                "2001:db8:face::/64", "--interface", "eth0", "--ims", "[2001:db8:d::53]:4342", "--key-file",
                key.toString() })).hasMessageContaining(key.toString()).message().doesNotContain(KEY);
    }
}
