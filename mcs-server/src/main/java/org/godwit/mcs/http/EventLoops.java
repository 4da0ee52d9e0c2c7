package org.godwit.mcs.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.transport.Transport;
import java.util.concurrent.TimeUnit;

/** A Vert.x with two event loops and no cache of files. */
public final class EventLoops implements AutoCloseable {

    /** So many. */
    public static final int COUNT = 2;

    private static final int CLOSING_SECONDS = 5;

    private final Vertx vertx;

    public EventLoops() {
        this(Transport.NIO);
    }

    /** @param transport how it opens sockets */
    public EventLoops(Transport transport) {
        this.vertx = Vertx.builder().with(new VertxOptions().setEventLoopPoolSize(COUNT).setFileSystemOptions(
                new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)))
                .withTransport(transport).build();
    }

    public Vertx vertx() {
        return vertx;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().orTimeout(CLOSING_SECONDS, TimeUnit.SECONDS)
                .exceptionally(_ -> null).join();
    }
}
