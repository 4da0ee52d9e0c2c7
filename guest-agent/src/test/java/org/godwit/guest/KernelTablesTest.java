package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.godwit.guest.KernelTables.DefaultRoute;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.junit.jupiter.api.Test;

class KernelTablesTest {

    private static final SitePrefix HOAS = SitePrefix.of("2001:db8:face::/64");

    @Test
    void addressesAreReadWithWhatTheyAreGoodFor() {
        String table = """
                00000000000000000000000000000001 01 80 10 80       lo
                20010db8000a0000505400fffe000001 02 40 00 00     eth0
                20010db8000a0000505400fffe000009 02 40 00 40     eth0
                20010db8000a0000505400fffe00000a 02 40 00 21     eth0
                20010db8face00000000000000000001 04 80 00 80    matif
                fe80000000000000505400fffe000001 02 40 20 80     eth0
                """;

        assertThat(KernelTables.addresses(table)).filteredOn(a -> a.mobile(HOAS).isPresent())
                .extracting(a -> a.name() + " " + a.mobile(HOAS).get() + "/" + a.prefixLength())
                .containsExactly("eth0 2001:db8:a:0:5054:ff:fe00:1/64");
        assertThat(KernelTables.addresses(table)).filteredOn(a -> a.linkLocal()).hasSize(1)
                .allMatch(a -> a.mobile(HOAS).equals(Optional.<MobileAddress>empty()));
    }

    @Test
    void onlyDefaultRoutesForAnySourceAreDefaultRoutes() {
        String zero = "0".repeat(32);
        String table = zero + " 00 " + zero
                + " 00 fe8000000000000000000000000000a1 00000400 00000001 00000000 00450003     eth0\n"
                + zero
                + " 00 20010db8000b00000000000000000000 40 fe8000000000000000000000000000b1 00000100 00000001 00000000 00000003     eth1\n"
                + zero + " 00 " + zero + " 00 " + zero + " ffffffff 00000001 00000000 00200200       lo\n"
                + "20010db8000a00000000000000000000 40 " + zero + " 00 " + zero
                + " 00000100 00000001 00000000 00400001     eth0\n";

        assertThat(KernelTables.defaultRoutes(table))
                .containsExactly(new DefaultRoute("eth0", LinkLocalAddress.of("fe80::a1"), 1024));
    }
}
