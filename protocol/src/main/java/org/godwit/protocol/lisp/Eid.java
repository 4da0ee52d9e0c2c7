package org.godwit.protocol.lisp;

import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/**
 * What a mapping is looked up by: an endpoint identifier of RFC 9301, always one whole address. The instance ID (LCAF type
 * 2, RFC 8060, section 4.1) tells the two directions apart.
 */
public sealed interface Eid {

    /** Where is this HoA? */
    int INSTANCE_HOME = 1;

    /** Whose MoA is this? */
    int INSTANCE_MOBILE = 2;

    int instance();

    /** The 16 bytes in network order. */
    byte[] bytes();

    record Home(HomeAddress hoa) implements Eid {
        @Override
        public int instance() {
            return INSTANCE_HOME;
        }

        @Override
        public byte[] bytes() {
            return hoa.bytes();
        }
    }

    record Mobile(MobileAddress moa) implements Eid {
        @Override
        public int instance() {
            return INSTANCE_MOBILE;
        }

        @Override
        public byte[] bytes() {
            return moa.bytes();
        }
    }
}
