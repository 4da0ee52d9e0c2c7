package org.godwit.mcs.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.godwit.protocol.rest.RestJson;

/** A request, as those who answer it see it. */
final class Call {

    private final RoutingContext context;

    Call(RoutingContext context) {
        this.context = context;
    }

    /** The part of the path that the route gives this name. */
    String part(String name) {
        return context.pathParam(name);
    }

    /** A query parameter that is there and not empty. */
    Optional<String> parameter(String name) {
        return context.queryParam(name).stream().filter(value -> !value.isEmpty()).findFirst();
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(context.request().getHeader(name));
    }

    /** @throws BadFieldException when there is none */
    <T> T body(Class<T> type) throws JsonProcessingException {
        String text = context.body().asString();
        T value = RestJson.strict().readValue(text == null ? "" : text, type);
        if (value == null) {
            throw new BadFieldException(null, "the body is empty", null);
        }
        return value;
    }
}
