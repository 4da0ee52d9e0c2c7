package org.godwit.protocol.lisp;

import static java.util.Objects.requireNonNull;

/** A message as it came: well-formed, but of what it says only that is proven which a key has proven. */
public sealed interface Incoming {

    record Unsigned(LispMessage.Unsigned message) implements Incoming {
        public Unsigned {
            requireNonNull(message, "message is null");
        }
    }

    /** A message that carries authentication data. */
    final class Signed implements Incoming {

        private final LispMessage.Signed claim;
        private final byte[] authenticated;
        private final byte[] mac;

        /** @param authenticated what the MAC covers, with the authentication data set to zero */
        Signed(LispMessage.Signed claim, byte[] authenticated, byte[] mac) {
            this.claim = claim;
            this.authenticated = authenticated;
            this.mac = mac;
        }

        /** What the message says, for finding the key that should prove it. */
        public LispMessage.Signed claim() {
            return claim;
        }

        /** Whether who wrote the message has this key. */
        public boolean isProvenBy(MappingKey key) {
            return MessageAuthentication.verify(key, claim, authenticated, mac);
        }
    }
}
