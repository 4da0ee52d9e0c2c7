package org.godwit.mcs.rest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.mcs.store.Page;
import org.godwit.protocol.rest.Resources;

/** Lists a page at a time: {@code limit} and {@code cursor} in, {@code Link: rel="next"} (RFC 8288) out. */
final class Paging {

    static final String LIMIT = "limit";
    static final String CURSOR = "cursor";

    private static final int LIMIT_DEFAULT = 100;
    private static final int LIMIT_MAX = 1000;

    private Paging() {}

    /** Finds a page. */
    interface Source<T> {
        List<T> find(Page page);
    }

    /**
     * @param key of a page's last one: where the next page begins
     * @param view what is shown; a cursor says nothing to clients
     */
    static <T> Reply reply(Call call, Source<T> source, Function<T, String> key, Function<T, ?> view) {
        return flatReply(call, source, key, found -> Stream.of(view.apply(found)));
    }

    /** One that is found may show as several, or as none. */
    static <T> Reply flatReply(Call call, Source<T> source, Function<T, String> key,
            Function<T, ? extends Stream<?>> views) {
        int limit = call.parameter(LIMIT, Paging::limit).orElse(LIMIT_DEFAULT);
        Optional<String> after = call.parameter(CURSOR, Paging::decoded);
        // One more than is shown: so it is known whether there is a next page.
        List<T> found = source.find(new Page(after, limit + 1));
        List<T> shown = found.subList(0, Math.min(limit, found.size()));
        Reply reply = Reply.ok(new Resources.Items<>(shown.stream().flatMap(views).toList()));
        return found.size() > limit
                ? reply.with("Link", "<" + next(call, encoded(key.apply(shown.getLast()))) + ">; rel=\"next\"")
                : reply;
    }

    private static String next(Call call, String cursor) {
        Map<String, String> parameters = call.parameters();
        parameters.put(CURSOR, cursor);
        return call.path() + "?" + parameters.entrySet().stream()
                .map(it -> it.getKey() + "=" + URLEncoder.encode(it.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static int limit(String text) {
        if (text.matches("\\d{1,4}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= LIMIT_MAX) {
                return limit;
            }
        }
        throw new IllegalArgumentException("limit must be 1 to " + LIMIT_MAX + ", got \"" + text + "\"");
    }

    private static String encoded(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cursor must be one that a Link header named, got \"" + cursor + "\"",
                    e);
        }
    }
}
