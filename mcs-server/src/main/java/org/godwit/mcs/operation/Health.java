package org.godwit.mcs.operation;

import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.godwit.mcs.store.Database;
import org.godwit.operation.status.Check;

/** What a server of this module asks itself. */
public final class Health {

    private static final long TURN_SECONDS_MAX = 2;

    private Health() {}

    /** Whether the threads that serve all connections get on. */
    public static Check connections(Vertx vertx) {
        return new Check("connections", () -> {
            CompletableFuture<Void> turn = new CompletableFuture<>();
            vertx.getOrCreateContext().runOnContext(_ -> turn.complete(null));
            try {
                turn.orTimeout(TURN_SECONDS_MAX, TimeUnit.SECONDS).join();
                return Optional.empty();
            } catch (CompletionException _) {
                return Optional.of("the threads that serve them are stuck: the log tells where");
            }
        });
    }

    /** Whether the database can be read and is not locked. */
    public static Check store(Database database) {
        return new Check("store", () -> {
            database.touch();
            return Optional.empty();
        });
    }

    /** @param reachable whether a mapping server elsewhere has answered lately */
    public static Check mappings(BooleanSupplier reachable) {
        return new Check("mapping_server", () -> reachable.getAsBoolean()
                ? Optional.empty()
                : Optional.of("gives no answer: migrations are refused until it does"));
    }
}
