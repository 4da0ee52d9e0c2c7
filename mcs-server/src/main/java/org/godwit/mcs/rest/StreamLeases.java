package org.godwit.mcs.rest;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.NotProvenException;
import org.godwit.mcs.identity.OperatorTokens;
import org.godwit.mcs.identity.OperatorTokens.Operator;

/** Cuts answers that are still being written when the token with which they were asked for has been revoked or has expired. */
final class StreamLeases {

    private static final long LOOK_MS = 500;

    private final OperatorTokens tokens;
    private final Audit audit;
    private final Executor threads;
    private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

    /** Who asked, and what he gets. */
    private record Lease(Operator operator, String origin, String action, HttpServerResponse response) {

        boolean isDone() {
            return response.ended() || response.closed();
        }
    }

    /** @param threads that may wait for the disk */
    StreamLeases(Vertx vertx, OperatorTokens tokens, Audit audit, Executor threads) {
        this.tokens = tokens;
        this.audit = audit;
        this.threads = threads;
        tokens.whenRevoked(name -> leases.stream().filter(lease -> lease.operator().name().equals(name.text()))
                .forEach(lease -> cut(lease, "the token was revoked")));
        vertx.setPeriodic(LOOK_MS, _ -> look());
    }

    /** @param header as it was shown: the token may be revoked before the stream begins */
    Reply bind(Reply reply, Operator operator, Optional<String> header, String origin, String action) {
        if (!(reply.body() instanceof Reply.Streamed streamed)) {
            return reply;
        }
        Reply.Streamed leased = response -> {
            Lease lease = new Lease(operator, origin, action, response);
            leases.add(lease);
            streamed.begin(response);
            threads.execute(() -> proveAgain(lease, header));
        };
        return new Reply(reply.status(), leased, reply.headers());
    }

    private void proveAgain(Lease lease, Optional<String> header) {
        try {
            tokens.operator(header);
        } catch (NotProvenException _) {
            cut(lease, "the token was revoked");
        }
    }

    private void look() {
        leases.removeIf(Lease::isDone);
        leases.stream().filter(lease -> tokens.isOver(lease.operator()))
                .forEach(lease -> cut(lease, "the token has expired"));
    }

    private void cut(Lease lease, String why) {
        if (leases.remove(lease) && !lease.isDone()) {
            // As a broken connection: what would come next is not an end.
            lease.response().reset();
            threads.execute(() -> audit.refused("operator:" + lease.operator().name(), lease.origin(), lease.action(),
                    "the rest of a stream: " + why));
        }
    }
}
