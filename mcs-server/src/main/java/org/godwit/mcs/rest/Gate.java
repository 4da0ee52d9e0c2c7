package org.godwit.mcs.rest;

import static java.util.Objects.requireNonNull;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Supplier;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.NotProvenException;
import org.godwit.mcs.identity.OperatorTokens;
import org.godwit.mcs.identity.OperatorTokens.Operator;
import org.godwit.mcs.identity.Role;

/**
 * Every request comes through here: who asks, whether he may, and what he changes goes to the audit: before it is done, so that
 * nothing is done that is not recorded, and again with what came of it.
 */
final class Gate {

    private static final int PATH_LENGTH_MAX = 200;

    private final OperatorTokens tokens;
    private final Audit audit;
    private final StreamLeases leases;

    Gate(OperatorTokens tokens, Audit audit, StreamLeases leases) {
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.audit = requireNonNull(audit, "audit is null");
        this.leases = requireNonNull(leases, "leases is null");
    }

    /** Blocks on the disk. */
    Reply pass(HttpServerRequest request, Role needed, Supplier<Reply> answer) {
        if (needed == Role.ANYBODY) {
            return answer.get();
        }
        String origin = request.remoteAddress().hostAddress();
        String action = request.method().name() + " " + bounded(request.path());
        Optional<String> shown = Optional.ofNullable(request.getHeader("Authorization"));
        Operator operator;
        try {
            operator = tokens.operator(shown);
        } catch (NotProvenException e) {
            return unauthorized(origin, action, e.getMessage());
        }
        if (operator.equals(Operator.NOBODY)) {
            return unauthorized(origin, action, "no token");
        }
        String actor = "operator:" + operator.name();
        if (!operator.role().mayAll(needed)) {
            audit.refused(actor, origin, action, "role " + operator.role().word());
            return Reply.of(Problems.problem(403, "this needs the role " + needed.word() + ", and the token "
                    + operator.name() + " has the role " + operator.role().word(), null));
        }
        if (request.method().equals(HttpMethod.GET)) {
            return leases.bind(answer.get(), operator, shown, origin, action);
        }
        audit.record(actor, origin, action, "asked");
        Reply reply = answer.get();
        audit.recordSoon(actor, origin, action,
                (reply.status() + " " + reply.headers().getOrDefault("Location", "")).strip());
        return reply;
    }

    /** Whoever shows a token may know what is wrong with it: nobody else has it. */
    private Reply unauthorized(String origin, String action, String shown) {
        audit.refused("nobody", origin, action, shown);
        return Reply.of(Problems.problem(401, "a good token is needed in the header Authorization: Bearer; shown was "
                + shown, null)).with("WWW-Authenticate", "Bearer");
    }

    private static String bounded(String path) {
        return path.length() <= PATH_LENGTH_MAX ? path : path.substring(0, PATH_LENGTH_MAX) + "...";
    }
}
