package org.godwit.host.network;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Renders the nftables chain of one tap: what a guest may not say, whatever bridge it is on. It stands at the ingress of the
 * tap (netdev family), before the bridge sees anything. All taps share one table, as bridges do for {@link BlackHole}.
 *
 * <p>What is neither IPv6 nor from another MAC is left alone. A chain outlives its tap on newer kernels, and another VM's tap
 * may get the same name before the chain is removed: so the rules hold for the index of the link, which never comes again.
 */
final class TapRules {

    private static final String TABLE = "netdev godwit_taps";
    private static final String CHAIN_PREFIX = "tap_";

    /** As nft lists a chain; a comment or a rule never ends so. */
    private static final Pattern CHAIN = Pattern.compile("^\\s*chain " + CHAIN_PREFIX + "(\\S+) \\{$",
            Pattern.MULTILINE);

    /** A guest may have an address under each prefix that its link has or gets: their second halves are the same. */
    private static final byte[] IDENTIFIER_MASK = {-1, -1, -1, -1, -1, -1, -1, -1 };

    private TapRules() {}

    /** @param index of the tap */
    static String of(GuestPort port, int index) {
        byte[] identifier = port.identifier();
        // The unspecified address is that of one who looks whether his own is free (RFC 4862, section 5.4). nftables 1.0.6 has
        // no word for the target of an advertisement: this is its second half.
        return remove(port.tap()) + """
                table %s {
                    chain %s {
                        type filter hook ingress device "%s" priority -300; policy accept;
                        iif != %d accept
                        icmpv6 type { nd-router-advert, nd-redirect } counter drop comment "only a gateway says this"
                        ether saddr != %s counter drop comment "not its MAC"
                        ip6 saddr != :: ip6 saddr & %s != %s counter drop comment "not its address"
                        icmpv6 type nd-neighbor-advert @th,128,64 != 0x%s counter drop comment "about others"
                    }
                }
                """.formatted(TABLE, CHAIN_PREFIX + port.tap(), port.tap(), index, port.mac(),
                address(IDENTIFIER_MASK), address(identifier), HexFormat.of().formatHex(identifier));
    }

    private static String address(byte[] identifier) {
        return new IPv6Address(ByteBuffer.allocate(2 * identifier.length).put(identifier.length, identifier).array())
                .toCanonicalString();
    }

    /** Adding before deleting makes it right whether the chain exists or not. */
    static String remove(String tap) {
        String chain = " chain " + TABLE + " " + CHAIN_PREFIX + tap + "\n";
        return "table " + TABLE + "\nadd" + chain + "delete" + chain;
    }

    /** All taps, whoever made the rules. */
    static String removeAll() {
        return "table " + TABLE + "\ndelete table " + TABLE + "\n";
    }

    /** The taps that have rules, by what {@code nft list chains netdev} says. */
    static List<String> tapsIn(String chains) {
        return CHAIN.matcher(chains).results().map(chain -> chain.group(1)).toList();
    }
}
