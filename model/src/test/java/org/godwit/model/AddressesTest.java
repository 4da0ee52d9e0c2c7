package org.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

    @Test
    void anAddressIsPrintedInTheFormOfRfc5952() {
        assertThat(HomeAddress.of("2001:0DB8:FACE:0:0:0:0:1")).hasToString("2001:db8:face::1");
    }

    @Test
    void twoSpellingsOfOneAddressAreEqual() {
        assertThat(MobileAddress.of("2001:db8:a:0::10")).isEqualTo(MobileAddress.of("2001:DB8:A::10"))
                .hasSameHashCodeAs(MobileAddress.of("2001:DB8:A::10"));
    }

    @Test
    void bytesLeadThereAndBack() {
        HomeAddress hoa = HomeAddress.of("2001:db8:face::1");
        assertThat(HomeAddress.of(hoa.bytes())).isEqualTo(hoa);
        assertThat(hoa.bytes()).hasSize(16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "*", "::", "::1", "fe80::1", "ff02::1", "2001:db8::1-5", "2001:db8::1/64",
            "2001:db8::*", "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1%eth0", "vm1", "2001:db8::1 " })
    void whatIsNotOneGlobalUnicastAddressIsNoHomeAddress(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HomeAddress.of(text)).withMessageContaining("HoA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8:a::1", "fe80::1/64", "" })
    void whatLiesOutsideTheLinkIsNoLinkLocalAddress(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> LinkLocalAddress.of(text))
                .withMessageContaining("link-local");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8:a::", "2001:db8:a::/48", "2001:db8:a::1/128", "fe80::/64", "ff02::/64", "::/64" })
    void onlyAGlobalSlash64IsASitePrefix(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SitePrefix.of(text)).withMessageContaining("prefix");
    }

    @Test
    void aSitePrefixFormsTheAddressThatStatelessAutoconfigurationForms() {
        SitePrefix site = SitePrefix.of("2001:db8:b::/64");
        MobileAddress moa = site.addressOf(MacAddress.of("52:54:00:0a:00:02"));
        assertThat(moa).hasToString("2001:db8:b:0:5054:ff:fe0a:2");
        assertThat(site.contains(moa)).isTrue();
        assertThat(SitePrefix.of("2001:db8:a::/64").contains(moa)).isFalse();
        assertThat(site).hasToString("2001:db8:b::/64");
    }

    @Test
    void aMacFormsItsLinkLocalAddress() {
        assertThat(MacAddress.of("52:54:00:0A:00:02").linkLocal()).hasToString("fe80::5054:ff:fe0a:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"52:54:00:00:00", "52-54-00-00-00-01", "01:00:5e:00:00:01", "00:00:00:00:00:00", "" })
    void whatIsNotAUnicastMacIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> MacAddress.of(text)).withMessageContaining("MAC");
    }
}
