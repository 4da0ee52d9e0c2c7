package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyAddressesTest {

    private static final SitePrefix PREFIX = SitePrefix.of("2001:db8:e::/64");
    private static final HomeAddress PLAIN = HomeAddress.of("2001:db8:d::30");

    @TempDir
    private Path folder;

    /** Of a gateway that was restarted the addresses must be the same for ever, so one is written down here. */
    @Test
    void anAddressIsThePrefixAndTheMacOfTheCorrespondent() {
        assertThat(new ProxyAddresses(PREFIX, new byte[32]).of(PLAIN)).hasToString("2001:db8:e:0:9acf:b928:571c:3150");
    }

    @Test
    void withAnotherKeyItIsAnother() {
        byte[] key = new byte[32];
        key[31] = 1;
        MobileAddress other = new ProxyAddresses(PREFIX, key).of(PLAIN);

        assertThat(other).isNotEqualTo(new ProxyAddresses(PREFIX, new byte[32]).of(PLAIN));
        assertThat(PREFIX.contains(other)).isTrue();
    }

    @Test
    void aKeyThatIsNotThereIsMadeForRootOnlyAndKept() throws IOException {
        Path file = folder.resolve("proxy.key");

        byte[] key = ProxyKeyFile.read(file, new SecureRandom());

        assertThat(key).hasSize(32);
        assertThat(ProxyKeyFile.read(file, new SecureRandom())).isEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(folder).isDirectoryNotContaining(it -> it.toString().endsWith(".new"));
    }

    @Test
    void aFileThatHoldsNoKeyIsNamedButNotShown() throws IOException {
        Path file = Files.writeString(folder.resolve("proxy.key"), "swordfish");

        assertThatThrownBy(() -> ProxyKeyFile.read(file, new SecureRandom())).isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString()).message().doesNotContain("swordfish");
    }
}
