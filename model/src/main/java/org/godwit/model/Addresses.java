package org.godwit.model;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import inet.ipaddr.ipv6.IPv6Address;

/**
 * The one strict way in from text to an IPv6 address. IPAddress by default also accepts {@code ""}, {@code "1"},
 * {@code "*"} and ranges; an operator who types those has made a mistake and is told so.
 */
final class Addresses {

    private static final IPAddressStringParameters SINGLE_ADDRESS = parameters(false);
    private static final IPAddressStringParameters ADDRESS_WITH_PREFIX = parameters(true);

    private Addresses() {}

    static IPv6Address parse(String text, String what) {
        return read(text, SINGLE_ADDRESS, what + " must be one IPv6 address such as 2001:db8:face::1");
    }

    static IPv6Address parsePrefix(String text, String what) {
        String complaint = what + " must be an IPv6 prefix such as 2001:db8:a::/64";
        IPv6Address address = read(text, ADDRESS_WITH_PREFIX, complaint);
        if (!address.isPrefixed()) {
            throw new IllegalArgumentException(complaint + ", got \"" + text + "\" without a length");
        }
        return address;
    }

    private static IPv6Address read(String text, IPAddressStringParameters rules, String complaint) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(complaint + ", got nothing");
        }
        if (!text.equals(text.strip())) {
            throw new IllegalArgumentException(complaint + ", got \"" + text + "\" with white space around it");
        }
        try {
            return new IPAddressString(text, rules).toAddress().toIPv6();
        } catch (AddressStringException | IncompatibleAddressException e) {
            throw new IllegalArgumentException(complaint + ", got \"" + text + "\"", e);
        }
    }

    private static IPAddressStringParameters parameters(boolean prefixAllowed) {
        return new IPAddressStringParameters.Builder().allowEmpty(false).allowAll(false).allowSingleSegment(false)
                .allowPrefix(prefixAllowed).allowMask(false).allowIPv4(false)
                .setRangeOptions(RangeParameters.NO_RANGE).getIPv6AddressParametersBuilder().allowZone(false)
                .allowMixed(false).allowBase85(false).setRangeOptions(RangeParameters.NO_RANGE).getParentBuilder()
                .toParams();
    }
}
