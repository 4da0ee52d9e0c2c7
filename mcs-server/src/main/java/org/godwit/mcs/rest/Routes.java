package org.godwit.mcs.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Set;
import java.util.concurrent.Executor;
import org.godwit.mcs.identity.Role;

/** How a route is answered: on a thread that may wait, by a reply, or by problem details when that throws. */
final class Routes {

    /** Metadata of a route: the query parameters that it understands. */
    static final String PARAMETERS = "parameters";

    private static final long BODY_BYTES_MAX = 64 * 1024;

    /** Answers a request; may block. */
    interface Answer {
        Reply to(Call call) throws JsonProcessingException;
    }

    /** Answers a request that has a body; may block. */
    interface BodyAnswer<T> {
        Reply to(Call call, T body);
    }

    private final Router router;
    private final Executor threads;
    private final Creations creations;
    private final Gate gate;

    Routes(Vertx vertx, Executor threads, Creations creations, Gate gate) {
        this.router = Router.router(vertx);
        this.threads = threads;
        this.creations = creations;
        this.gate = gate;
        router.route().handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
        problem(404, "there is no such resource");
        problem(405, "this resource does not do that");
        problem(413, "the body is longer than " + BODY_BYTES_MAX + " bytes");
        problem(500, "the server failed: look into its log");
    }

    Router router() {
        return router;
    }

    /** @param parameters that the query may have; others are refused */
    Routes get(String path, Answer answer, String... parameters) {
        return route(HttpMethod.GET, path, answer, parameters);
    }

    Routes delete(String path, Answer answer) {
        return route(HttpMethod.DELETE, path, answer);
    }

    /** An action that reads its body itself, if it has one. */
    Routes post(String path, Answer answer, String... parameters) {
        return route(HttpMethod.POST, path, answer, parameters);
    }

    /** Makes something new; once, however often a client asks with the same key. */
    <T> Routes create(String path, Class<T> type, BodyAnswer<T> answer, String... parameters) {
        return route(HttpMethod.POST, path,
                call -> creations.once(call, it -> answer.to(it, it.body(type))), parameters);
    }

    <T> Routes put(String path, Class<T> type, BodyAnswer<T> answer) {
        return route(HttpMethod.PUT, path, call -> answer.to(call, call.body(type)));
    }

    private Routes route(HttpMethod method, String path, Answer answer, String... parameters) {
        Set<String> known = Set.of(parameters);
        Role needed = Permissions.of(method, path);
        router.route(method, path).putMetadata(PARAMETERS, known).handler(context -> threads.execute(() -> {
            Reply reply;
            try {
                reply = gate.pass(context.request(), needed, () -> reply(context, known, answer));
            } catch (RuntimeException e) {
                reply = Reply.of(Problems.of(e));
            }
            send(context, reply);
        }));
        return this;
    }

    private static Reply reply(RoutingContext context, Set<String> known, Answer answer) {
        try {
            refuseUnknownParameters(context, known);
            return answer.to(new Call(context));
        } catch (JsonProcessingException | RuntimeException e) {
            return Reply.of(Problems.of(e));
        }
    }

    private static void refuseUnknownParameters(RoutingContext context, Set<String> known) {
        context.queryParams().names().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new BadFieldException(name, known.isEmpty()
                    ? "there is no parameter \"" + name + "\" here"
                    : "there is no parameter \"" + name + "\" here, only " + known.stream().sorted().toList(), null);
        });
    }

    private void problem(int status, String sentence) {
        router.errorHandler(status, context -> send(context, Reply.of(Problems.problem(status, sentence, null))));
    }

    private static void send(RoutingContext context, Reply reply) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        if (reply.body() == null) {
            response.end();
        } else if (reply.body() instanceof Reply.Streamed stream) {
            stream.begin(response);
        } else {
            response.putHeader("Content-Type", reply.mediaType()).end(reply.bytes());
        }
    }
}
