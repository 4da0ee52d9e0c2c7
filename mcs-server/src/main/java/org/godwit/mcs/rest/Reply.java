package org.godwit.mcs.rest;

import java.util.Optional;

/** What a request is answered with. {@code body} is null when there is none. */
record Reply(int status, Object body, Optional<String> location) {

    static Reply of(int status, Object body) {
        return new Reply(status, body, Optional.empty());
    }

    static Reply ok(Object body) {
        return new Reply(200, body, Optional.empty());
    }

    static Reply created(Object body, String location) {
        return new Reply(201, body, Optional.of(location));
    }

    static Reply accepted(Object body, String location) {
        return new Reply(202, body, Optional.of(location));
    }

    static Reply noContent() {
        return new Reply(204, null, Optional.empty());
    }
}
