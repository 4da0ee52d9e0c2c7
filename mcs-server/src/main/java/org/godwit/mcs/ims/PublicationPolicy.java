package org.godwit.mcs.ims;

import java.time.Duration;

/**
 * How hard the mapping server tries to tell its subscribers.
 *
 * @param retransmitFirst from the first Map-Notify to the second; doubles each time. RFC 9301, section 5.7, suggests 3 s; a
 *        VM may be in flight, so we start much lower and stay well below its number of packets
 * @param attempts how often a Map-Notify is sent, the first time included; 1 to 10
 * @param deadline when the writer is told who was silent
 * @param ttlMinutes how long a subscriber may keep a mapping, and how long a subscription lasts without a refresh; 1 to 1440
 * @param subscriptionsMax of one HoA
 */
public record PublicationPolicy(Duration retransmitFirst, int attempts, Duration deadline, int ttlMinutes,
        int subscriptionsMax) {

    public static final PublicationPolicy DEFAULT = new PublicationPolicy(Duration.ofMillis(200), 6,
            Duration.ofSeconds(2), 5, 4096);

    /** @throws IllegalArgumentException when a value is out of its range */
    public PublicationPolicy {
        if (retransmitFirst.toMillis() < 10) {
            throw new IllegalArgumentException("retransmitFirst must be at least 10 ms, got " + retransmitFirst);
        }
        if (attempts < 1 || attempts > 10) {
            throw new IllegalArgumentException("attempts must be 1 to 10, got " + attempts);
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("deadline must be positive, got " + deadline);
        }
        if (ttlMinutes < 1 || ttlMinutes > 1440) {
            throw new IllegalArgumentException("ttlMinutes must be 1 to 1440, got " + ttlMinutes);
        }
        if (subscriptionsMax < 0) {
            throw new IllegalArgumentException("subscriptionsMax must not be negative, got " + subscriptionsMax);
        }
    }
}
