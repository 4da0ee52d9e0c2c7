package org.godwit.protocol.lisp;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.util.List;
import java.util.Optional;
import org.godwit.model.HomeAddress;

/** The messages of the profile. Each carries one record. */
public sealed interface LispMessage {

    /** 64 bits; what they mean differs from message to message. */
    long nonce();

    /** Messages without authentication data: a reply is believed because it repeats an unpredictable nonce. */
    sealed interface Unsigned extends LispMessage {}

    /** Messages with authentication data. */
    sealed interface Signed extends LispMessage {

        /** Which of the secrets that both sides share, 0 to 255. */
        int keyId();

        MapRecord.OfHome record();

        /** The salt of the key derivation: it ties the authentication data to the kind of message. */
        String salt();
    }

    /**
     * Asks for the mapping of one EID.
     *
     * @param nonce random; the answer repeats it
     * @param itrRlocs 1 to 32 addresses at which the sender can be answered. Naming one again makes the question longer, and
     *        no answer is longer than its question
     * @param subscriber who wants to be told of changes (the N-bit and the xTR-ID of RFC 9437); empty for a plain lookup
     */
    record MapRequest(long nonce, List<IPv6Address> itrRlocs, Eid eid, Optional<HomeAddress> subscriber)
            implements
                Unsigned {

        public static final int ITR_RLOCS_MAX = 32;

        /** With so many ITR-RLOCs a question has room for every answer, signed ones included. */
        public static final int ITR_RLOCS_FOR_ANY_ANSWER = 7;

        public MapRequest {
            itrRlocs = List.copyOf(itrRlocs);
            requireNonNull(eid, "eid is null");
            requireNonNull(subscriber, "subscriber is null");
            if (itrRlocs.isEmpty() || itrRlocs.size() > ITR_RLOCS_MAX) {
                throw new IllegalArgumentException("a Map-Request has 1 to 32 ITR-RLOCs, got " + itrRlocs.size());
            }
        }
    }

    /**
     * A Map-Request inside an Encapsulated Control Message (RFC 9301, section 5.8): behind an IPv6 and a UDP header of its own.
     *
     * @param source of the inner IPv6 header: the asking router, or the host whose packet made it ask
     * @param sourcePort of the inner UDP header, 1 to 65535: the answer goes there
     * @param destination of the inner IPv6 header: the EID, as a rule
     */
    record EncapsulatedRequest(IPv6Address source, int sourcePort, IPv6Address destination, MapRequest request)
            implements
                Unsigned {
        public EncapsulatedRequest {
            requireNonNull(source, "source is null");
            requireNonNull(destination, "destination is null");
            requireNonNull(request, "request is null");
            if (sourcePort < 1 || sourcePort > 0xffff) {
                throw new IllegalArgumentException("an inner source port must be 1 to 65535, got " + sourcePort);
            }
        }

        @Override
        public long nonce() {
            return request.nonce();
        }
    }

    /** Answers a Map-Request. @param nonce that of the request */
    record MapReply(long nonce, MapRecord record) implements Unsigned {
        public MapReply {
            requireNonNull(record, "record is null");
        }
    }

    /**
     * The owner of a HoA says where it is.
     *
     * @param nonce greater than that of every Map-Register before
     * @param notifyWanted whether a Map-Notify with the same nonce shall confirm it (M-bit)
     */
    record MapRegister(long nonce, int keyId, boolean notifyWanted, MapRecord.OfHome record) implements Signed {
        public MapRegister {
            checkKeyId(keyId);
            requireNonNull(record, "record is null");
        }

        @Override
        public String salt() {
            return "Map-Register Authentication";
        }
    }

    /**
     * Confirms a Map-Register or a subscription, or publishes a change; signed with the receiver's key.
     *
     * @param nonce that of the message it confirms; for a publication, the one before plus one
     */
    record MapNotify(long nonce, int keyId, MapRecord.OfHome record) implements Signed {
        public MapNotify {
            checkKeyId(keyId);
            requireNonNull(record, "record is null");
        }

        @Override
        public String salt() {
            return "Map-Notify Authentication";
        }
    }

    /** Repeats a Map-Notify to say that it came; signed with the sender's key. */
    record MapNotifyAck(long nonce, int keyId, MapRecord.OfHome record) implements Signed {
        public MapNotifyAck {
            checkKeyId(keyId);
            requireNonNull(record, "record is null");
        }

        @Override
        public String salt() {
            return "Map-Notify-Ack Authentication";
        }
    }

    private static void checkKeyId(int keyId) {
        if (keyId < 0 || keyId > 0xff) {
            throw new IllegalArgumentException("a key id must be 0 to 255, got " + keyId);
        }
    }
}
