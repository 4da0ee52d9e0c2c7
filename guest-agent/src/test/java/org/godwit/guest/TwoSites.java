package org.godwit.guest;

import java.io.IOException;
import java.net.Inet6Address;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.ImsKey;

/** A guest at site a, behind eth0, and site b to which it may go, behind eth1. */
final class TwoSites {

    static final MacAddress MAC0 = MacAddress.of("52:54:00:00:00:01");
    static final MacAddress MAC1 = MacAddress.of("52:54:00:00:00:02");
    static final Gateway A = new Gateway(LinkLocalAddress.of("fe80::a1"), MacAddress.of("02:00:00:00:00:a1"),
            SitePrefix.of("2001:db8:a::/64"));
    static final Gateway B = new Gateway(LinkLocalAddress.of("fe80::b1"), MacAddress.of("02:00:00:00:00:b1"),
            SitePrefix.of("2001:db8:b::/64"));
    static final MobileAddress MOA_A = A.prefix().addressOf(MAC0);
    static final MobileAddress MOA_B = B.prefix().addressOf(MAC1);
    static final String HOA = "2001:db8:face::1";
    static final String KEY = "00112233445566778899aabbccddeeff";
    static final Enrol IDENTITY = new Enrol(HomeAddress.of(HOA), SitePrefix.of("2001:db8:face::/64"),
            (Inet6Address) Inet6Address.ofLiteral("2001:db8:d::53"), 4342, new ImsKey(KEY));

    private TwoSites() {}

    /** Makes both links, with a gateway behind each; only the one of site a advertises. */
    static void lay(Testbed testbed) throws IOException {
        testbed.link("eth0", MAC0, A);
        testbed.link("eth1", MAC1, B);
        testbed.advertise("eth0", A);
        testbed.in("node", "ip", "link", "set", "eth0", "up");
    }
}
