package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.godwit.model.HomeAddress;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeInterfaceTest {

    private static final HomeAddress HOA = HomeAddress.of("2001:db8:face::1");

    @Test
    void theHoaAndTheRouteToTheOthersAreOnMatif() {
        HomeSpace space = HomeSpace.of("2001:db8:face::/48", HOA);

        Golden.assertMatches("matif.txt", String.join("\n", HomeInterface.configuration(HOA, space)) + "\n"
                + String.join("\n", HomeInterface.ownTable(space)) + "\n");
    }

    @Test
    void theHoaSpaceMayBeWrittenWithHostBits() {
        assertThat(HomeSpace.of("2001:db8:face::1/64", HOA)).hasToString("2001:db8:face::/64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2001:db8:face::1", "10.0.0.0/8", "*", "everything", "::/64\nlink delete lo",
            "2001:db8:face::%eth0/64" })
    void whatIsNoPrefixIsNoHoaSpace(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HomeSpace.of(text, HOA))
                .withMessageContaining("the HoA space must be an IPv6 prefix");
    }

    @Test
    void theOwnHoaMustLieInTheHoaSpace() {
        assertThatIllegalArgumentException().isThrownBy(() -> HomeSpace.of("2001:db8:cafe::/64", HOA))
                .withMessage("the HoA 2001:db8:face::1 does not lie in the HoA space 2001:db8:cafe::/64");
    }
}
