package org.godwit.mcs;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.TimeUnit;

/** The one Vert.x of a process: two event loops, no cache of files. */
final class SharedVertx implements AutoCloseable {

    private static final int CLOSING_SECONDS = 5;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setFileSystemOptions(
            new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));

    Vertx vertx() {
        return vertx;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().orTimeout(CLOSING_SECONDS, TimeUnit.SECONDS)
                .exceptionally(_ -> null).join();
    }
}
