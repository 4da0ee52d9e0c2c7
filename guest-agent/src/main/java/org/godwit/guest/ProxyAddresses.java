package org.godwit.guest;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;

/**
 * The proxy addresses of a home gateway: its prefix, then HMAC-SHA-256 of the correspondent's address, of which the first 64
 * bits. So whoever comes back gets the address it had, without a memory, and nobody without the key can choose a
 * correspondent's address such that it gets another's.
 */
final class ProxyAddresses {

    private static final String ALGORITHM = "HmacSHA256";

    private final SitePrefix prefix;
    private final SecretKeySpec key;

    ProxyAddresses(SitePrefix prefix, byte[] key) {
        this.prefix = prefix;
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    MobileAddress of(HomeAddress correspondent) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] address = Arrays.copyOf(prefix.network().getLower().getBytes(), 16);
            System.arraycopy(mac.doFinal(correspondent.bytes()), 0, address, 8, 8);
            return MobileAddress.of(address);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    boolean contains(HomeAddress correspondent) {
        return prefix.contains(new MobileAddress(correspondent.address()));
    }

    boolean contains(MobileAddress proxy) {
        return prefix.contains(proxy);
    }
}
