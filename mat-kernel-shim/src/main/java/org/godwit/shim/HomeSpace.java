package org.godwit.shim;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import inet.ipaddr.ipv6.IPv6Address;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/** The prefix from which all HoAs are taken. Packets for it are sent through {@code matif}. */
record HomeSpace(IPv6Address prefix) {

    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder().allowEmpty(false)
            .allowAll(false).allowSingleSegment(false).allowMask(false).allowIPv4(false)
            .setRangeOptions(RangeParameters.NO_RANGE).getIPv6AddressParametersBuilder().allowZone(false)
            .allowMixed(false).allowBase85(false).setRangeOptions(RangeParameters.NO_RANGE).getParentBuilder()
            .toParams();

    /** @throws IllegalArgumentException when it is no prefix, or the node's own HoA does not lie in it */
    static HomeSpace of(String text, HomeAddress hoa) {
        String complaint = "the HoA space must be an IPv6 prefix such as 2001:db8:face::/64, got \"" + text + "\"";
        IPAddress parsed;
        try {
            parsed = new IPAddressString(text, STRICT).toAddress();
        } catch (AddressStringException | IncompatibleAddressException e) {
            throw new IllegalArgumentException(complaint, e);
        }
        if (!(parsed instanceof IPv6Address prefix) || !prefix.isPrefixed()) {
            throw new IllegalArgumentException(complaint);
        }
        IPv6Address block = prefix.toPrefixBlock();
        if (!block.contains(hoa.address())) {
            throw new IllegalArgumentException("the HoA " + hoa + " does not lie in the HoA space " + text);
        }
        return new HomeSpace(block);
    }

    boolean contains(MobileAddress address) {
        return prefix.contains(address.address());
    }

    @Override
    public String toString() {
        return prefix.getLower().toCanonicalString();
    }
}
