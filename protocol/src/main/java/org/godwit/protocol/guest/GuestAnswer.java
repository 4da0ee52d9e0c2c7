package org.godwit.protocol.guest;

import static java.util.Objects.requireNonNull;

/** A reply and the id of the request that it answers: one line from guest to host. */
public record GuestAnswer(long id, GuestReply reply) {

    public GuestAnswer {
        GuestCall.checkId(id);
        requireNonNull(reply, "reply is null");
    }
}
