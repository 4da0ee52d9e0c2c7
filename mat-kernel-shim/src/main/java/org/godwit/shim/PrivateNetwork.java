package org.godwit.shim;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

/**
 * A network namespace that lasts until it is closed. It has no name and no file, so nothing is left of it when the process is
 * killed. Needs root.
 *
 * <p>A thread of its own keeps it, and does nothing else: threads that it started, and those are hard to foresee in a JVM, would
 * be in the namespace for ever.
 */
public final class PrivateNetwork implements AutoCloseable {

    private static final NativeCall GETTID = NativeCall.ofC("gettid");

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread keeper;
    private final int number;

    private PrivateNetwork(String name) {
        CompletableFuture<Integer> made = new CompletableFuture<>();
        keeper = Thread.ofPlatform().daemon().name(name).start(() -> keep(made));
        try {
            number = made.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ShimException cause ? cause : e;
        }
    }

    /** @throws ShimException when there can be no such namespace */
    public static PrivateNetwork open(String name) {
        return new PrivateNetwork(name);
    }

    private void keep(CompletableFuture<Integer> made) {
        try {
            Libc.leaveNetwork();
            made.complete(GETTID.call().number());
            closed.await();
        } catch (InterruptedException _) {
            // Nobody does; it would be the end as well.
        } catch (RuntimeException e) {
            made.completeExceptionally(e);
        }
    }

    /** {@code ip link set LINK netns NUMBER} moves a link here. */
    public int number() {
        return number;
    }

    /** {@code nsenter --net=PATH} runs a program here. */
    public String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/task/" + number + "/ns/net";
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
