package org.godwit.cli.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.godwit.model.Name;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class AgentSettingsTest {

    private static final AgentSettings SETTINGS = new AgentSettings(Name.of("a-1"), "[2001:db8:100::5]:8441", "br0",
            "qemu+tls://[2001:db8:a::11]/system");

    @Test
    void theyStandWhereTheShippedFileShowsThem() throws IOException {
        String shipped = Files.readString(Path.of("../packaging/conf/host-agent.conf"));
        Golden.assertMatches("enrol/host-agent.conf", SETTINGS.in(shipped));
    }

    @Test
    void aSecondTimeChangesNothing() throws IOException {
        String once = SETTINGS.in(Files.readString(Path.of("../packaging/conf/host-agent.conf")));
        assertThat(SETTINGS.in(once)).isEqualTo(once);
    }

    @Test
    void whatElseIsSetStaysAndWhatIsSetTwiceIsSetOnce() {
        assertThat(SETTINGS.in("# mine\nstatus = [::1]:9\n#name = HOST\n name=old\nname = older\nmcs=x\n"))
                .isEqualTo("""
                        # mine
                        status = [::1]:9
                        #name = HOST
                        name = a-1
                        mcs = [2001:db8:100::5]:8441
                        token-file = /etc/godwit/host-agent.token
                        reachable-bridge = br0
                        libvirt-uri = qemu+tls://[2001:db8:a::11]/system
                        """);
    }

    @Test
    void aValueCannotBringASettingOfItsOwn() {
        assertThatThrownBy(() -> new AgentSettings(Name.of("a-1"), "[::1]:1\nstatus = [::]:1", "br0", "qemu:///system"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
