package org.godwit.mcs.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.godwit.mcs.operation.Downloads;
import org.godwit.mcs.operation.Downloads.Download;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A backup of this server as an answer. */
final class BackupResources {

    private static final Logger LOG = LoggerFactory.getLogger(BackupResources.class);
    private static final int PIECE_BYTES = 64 * 1024;
    /** Whoever takes nothing for so long is not there any more. */
    private static final int PIECE_SECONDS_MAX = 60;

    private final Downloads downloads;

    BackupResources(Downloads downloads) {
        this.downloads = downloads;
    }

    /** With its length and its checksum (RFC 9530), so that whoever takes it sees whether he has it all. */
    Reply make(Call call) {
        Download download = downloads.make();
        return Reply.stream(response -> Thread.ofVirtual().name("backup").start(() -> send(download, response)))
                .with("Content-Type", "application/zip").with("Content-Length", String.valueOf(download.bytes()))
                .with("Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(download.sha256()) + ":");
    }

    /** The next piece when the one before has gone: as fast as the other side takes it, and no faster. */
    private static void send(Download download, HttpServerResponse response) {
        try (download) {
            ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
            while (download.content().read(piece) >= 0) {
                response.write(Buffer.buffer(piece.position()).appendBytes(piece.array(), 0, piece.position()))
                        .toCompletionStage().toCompletableFuture().get(PIECE_SECONDS_MAX, TimeUnit.SECONDS);
                piece.clear();
            }
            response.end();
        } catch (IOException | ExecutionException | TimeoutException e) {
            LOG.warn("a backup was not taken to its end: {}", e.toString());
            response.reset();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            response.reset();
        }
    }
}
