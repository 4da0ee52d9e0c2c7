package org.godwit.mcs.precheck;

import org.godwit.model.MacAddress;

/** What the VM's interface will be on the target's link, in words. */
final class Addresses {

    private Addresses() {}

    static String moa(Facts facts, String mac) {
        return facts.journey().gateway().prefix().addressOf(MacAddress.of(mac)).toString();
    }

    static String linkLocal(String mac) {
        return MacAddress.of(mac).linkLocal().toString();
    }
}
