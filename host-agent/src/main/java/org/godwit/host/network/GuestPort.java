package org.godwit.host.network;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;

/**
 * The host's end of one interface of a VM. Through it may speak who forms his addresses of its MAC.
 *
 * @param tap the link, for example {@code vnet0}
 * @param mac of the interface in the VM
 */
public record GuestPort(String tap, MacAddress mac) {

    private static final Pattern LINK_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");
    private static final int IDENTIFIER_AT = 8;

    /** @throws IllegalArgumentException when the tap is not the name of a link */
    public GuestPort {
        requireNonNull(mac, "mac is null");
        if (!LINK_NAME.matcher(requireNonNull(tap, "tap is null")).matches()) {
            throw new IllegalArgumentException("tap must be the name of a link, got \"" + tap + "\"");
        }
    }

    /** The eight bytes that end each address of the interface (modified EUI-64, RFC 4291 appendix A). */
    byte[] identifier() {
        return identifier(mac.linkLocal().bytes());
    }

    /** Whether stateless autoconfiguration forms the address of this MAC (modified EUI-64). */
    public static boolean isFormedOf(MobileAddress moa, MacAddress mac) {
        return Arrays.equals(identifier(moa.bytes()), identifier(mac.linkLocal().bytes()));
    }

    private static byte[] identifier(byte[] address) {
        return Arrays.copyOfRange(address, IDENTIFIER_AT, address.length);
    }
}
