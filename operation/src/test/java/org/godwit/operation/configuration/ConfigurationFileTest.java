package org.godwit.operation.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.godwit.operation.configuration.ConfigurationFile.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {

    private final List<Problem> problems = new ArrayList<>();

    @TempDir
    Path folder;

    @Test
    void anAddressWithAPortStandsThereAsItIs() {
        assertThat(parse("""
                # the address of the mapping server

                  ims   =  [2001:db8::1]:4342
                home-gateway = 2001:db8:face::5=2001:db8:5::/64
                """)).containsExactly(new Entry(3, "ims", "[2001:db8::1]:4342"),
                new Entry(4, "home-gateway", "2001:db8:face::5=2001:db8:5::/64"));
        assertThat(problems).isEmpty();
    }

    @Test
    void allThatIsWrongIsSaidAtOnceWithItsLine() {
        assertThat(parse("data = /srv\nrest: [::1]:1\nims =\nIMS = 5\nname = a\u0007\nwhat\n"))
                .containsExactly(new Entry(1, "data", "/srv"));
        assertThat(problems).extracting(Problem::toString).containsExactly(
                "x.conf:2: is no line of the form \"key = value\": \"=\" separates them, not \":\"",
                "x.conf:3: ims: has no value: give it one, or remove the line to keep the default",
                "x.conf:4: is no line of the form \"key = value\"", "x.conf:5: name: holds a control character",
                "x.conf:6: is no line of the form \"key = value\"");
    }

    @Test
    void whatIsNoTextOrNotThereIsSaid() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[]{(byte) 0xff, 0, 1 });
        ConfigurationFile.read(binary, problems);
        ConfigurationFile.read(folder.resolve("absent"), problems);
        assertThat(problems).extracting(Problem::sentence).satisfiesExactly(
                first -> assertThat(first).isEqualTo("is no text in UTF-8"),
                second -> assertThat(second).startsWith("cannot be read: "));
    }

    @Test
    void theNearestSettingIsSuggested() {
        List<String> known = List.of("ims", "ims-admin", "ims-advertised", "hoa-space");
        assertThat(Suggestion.unknown("ims-advertized", known)).contains("did you mean \"ims-advertised\"?");
        assertThat(Suggestion.unknown("hao-space", known)).contains("did you mean \"hoa-space\"?");
        assertThat(Suggestion.unknown("libvirt", known))
                .isEqualTo("is no setting: known are ims, ims-admin, ims-advertised, hoa-space");
    }

    @Test
    void lettersThatChangePlacesAreOneStep() {
        assertThat(Suggestion.distance("hao", "hoa")).isEqualTo(1);
        assertThat(Suggestion.distance("", "abc")).isEqualTo(3);
        assertThat(Suggestion.distance("kitten", "sitting")).isEqualTo(3);
    }

    private List<Entry> parse(String text) {
        return ConfigurationFile.parse(Path.of("x.conf"), text, problems).entries();
    }
}
