package org.godwit.mcs.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.godwit.mcs.store.Precondition;
import org.godwit.protocol.rest.RestJson;

/** A request, as those who answer it see it. */
final class Call {

    private static final Pattern ENTITY_TAGS = Pattern.compile("\\s*\"[^\"]*\"\\s*(,\\s*\"[^\"]*\"\\s*)*");
    private static final Pattern VERSION = Pattern.compile("\"(\\d{1,18})\"");

    private final RoutingContext context;

    Call(RoutingContext context) {
        this.context = context;
    }

    String path() {
        return context.request().path();
    }

    String method() {
        return context.request().method().name();
    }

    /** The part of the path that the route gives this name. */
    String part(String name) {
        return context.pathParam(name);
    }

    /** The query, each name once. */
    Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        context.queryParams().forEach(parameters::put);
        return parameters;
    }

    /** A query parameter that is there and not empty. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters().get(name)).filter(value -> !value.isEmpty());
    }

    /** @param reader throws IllegalArgumentException for what is no such value */
    <T> Optional<T> parameter(String name, Function<String, T> reader) {
        return parameter(name).map(text -> BadFieldException.required(name, text, reader));
    }

    /** A parameter that is the name of a constant, in any case. */
    <E extends Enum<E>> Optional<E> parameter(String name, Class<E> type) {
        return parameter(name, text -> Arrays.stream(type.getEnumConstants())
                .filter(it -> it.name().equalsIgnoreCase(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " must be one of "
                        + Arrays.stream(type.getEnumConstants()).map(it -> it.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + ", got \"" + text + "\"")));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(context.request().getHeader(name));
    }

    /** Whether the client would rather have a stream of events than a list. */
    boolean wantsStream() {
        return header("Accept").filter(it -> it.contains("text/event-stream")).isPresent();
    }

    /** If-Match (RFC 9110): the versions that may be changed; {@code *} is any. */
    Precondition precondition() {
        Optional<String> tags = header("If-Match").filter(text -> !text.strip().equals("*"));
        tags.filter(text -> !ENTITY_TAGS.matcher(text).matches()).ifPresent(text -> {
            throw new BadFieldException("If-Match",
                    "If-Match must be the ETag of an answer, in its quotes, got " + text,
                    null);
        });
        return new Precondition(tags.map(Call::versions));
    }

    /** A tag that is none of ours names no version of ours. */
    private static Set<Long> versions(String tags) {
        List<MatchResult> ours = VERSION.matcher(tags).results().toList();
        return ours.stream().map(it -> Long.valueOf(it.group(1))).collect(Collectors.toSet());
    }

    byte[] bodyBytes() {
        return context.body().buffer() == null ? new byte[0] : context.body().buffer().getBytes();
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
