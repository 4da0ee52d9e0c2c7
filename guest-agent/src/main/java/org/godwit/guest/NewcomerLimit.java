package org.godwit.guest;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.godwit.model.HomeAddress;

/**
 * How many correspondents a home gateway takes on: of one /64, since whoever has a link has 2^64 addresses, and in all, since
 * sources can be forged. Not safe for several threads.
 */
final class NewcomerLimit {

    /** Of so many links the gateway remembers that they were busy lately. */
    static final int LINKS_MAX = 4096;

    private final Rate ofOneLink;
    private final TokenBucket inAll;
    private final Map<Long, TokenBucket> byLink = new HashMap<>();

    NewcomerLimit(Rate inAll, Rate ofOneLink, long now) {
        this.ofOneLink = ofOneLink;
        this.inAll = new TokenBucket(inAll, now);
    }

    boolean admits(HomeAddress newcomer, long now) {
        long link = ByteBuffer.wrap(newcomer.bytes()).getLong();
        TokenBucket bucket = byLink.get(link);
        if (bucket == null) {
            if (byLink.size() >= LINKS_MAX) {
                byLink.values().removeIf(it -> it.isFull(now));
            }
            if (byLink.size() >= LINKS_MAX) {
                return false;
            }
            bucket = new TokenBucket(ofOneLink, now);
            byLink.put(link, bucket);
        }
        // In this order, so that a link that sends too many leaves the others their share.
        return bucket.take(now) && inAll.take(now);
    }
}
