package org.godwit.host.precheck;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Questions that are asked side by side, and the reasons of those that were not answered. */
final class Answers {

    private static final int REASON_LENGTH_MAX = 300;

    private final Executor threads;
    private final Map<String, String> unknown = new LinkedHashMap<>();

    Answers(Executor threads) {
        this.threads = threads;
    }

    <T> CompletableFuture<T> ask(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, threads);
    }

    /** Waits for an answer and hands it on; or notes why there is none. */
    <T> void take(String field, CompletableFuture<T> answer, Consumer<T> taker) {
        try {
            taker.accept(answer.join());
        } catch (CompletionException e) {
            leave(field, String.valueOf(e.getCause().getMessage()));
        }
    }

    void leave(String field, String reason) {
        unknown.put(field,
                reason.length() <= REASON_LENGTH_MAX ? reason : reason.substring(0, REASON_LENGTH_MAX) + "…");
    }

    Map<String, String> unknown() {
        return unknown;
    }
}
