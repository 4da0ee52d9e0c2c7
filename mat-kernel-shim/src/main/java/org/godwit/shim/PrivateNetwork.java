package org.godwit.shim;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;

/**
 * A network namespace that lasts for as long as a piece of work. It has no name and no file, so nothing is left of it when the
 * process is killed in the middle. Needs root.
 */
public final class PrivateNetwork {

    private static final NativeCall GETTID = NativeCall.ofC("gettid");

    private PrivateNetwork() {}

    /**
     * Does the work on a thread of its own. Sockets that it opens, and programs that it starts, are in the namespace.
     *
     * @param work is told the thread's number: {@code ip link set LINK netns NUMBER} moves a link here
     * @throws ShimException when there can be no such namespace; and whatever the work throws
     */
    public static <T> T call(String threadName, IntFunction<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().name(threadName).start(() -> {
            try {
                Libc.leaveNetwork();
                result.complete(work.apply(GETTID.call().number()));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            join(thread);
        }
    }

    /** The namespace has lost its last user when the thread has ended. */
    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
