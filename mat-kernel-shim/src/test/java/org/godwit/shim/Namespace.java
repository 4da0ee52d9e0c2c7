package org.godwit.shim;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A throw-away network namespace, with one thread that lives in it. Sockets and processes that this thread makes belong to
 * the namespace, whoever uses them afterwards.
 */
final class Namespace implements AutoCloseable {

    private static final NativeCall OPEN = NativeCall.ofC("open");
    private static final NativeCall SETNS = NativeCall.ofC("setns");
    private static final int CLONE_NEWNET = 0x40000000;
    private static final long SECONDS_MAX = 30;

    private final String name;
    private final ExecutorService thread;

    /** @param role made unique by this process' id */
    Namespace(String role) {
        name = "gwshim" + ProcessHandle.current().pid() + "-" + role;
        IpCommand.run(List.of("netns add " + name));
        thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
        call(() -> {
            enter();
            IpCommand.run(List.of("link set dev lo up"));
            return null;
        });
    }

    private void enter() {
        try (Arena arena = Arena.ofConfined()) {
            int fd = OPEN.call(arena.allocateFrom("/run/netns/" + name).address(), 0).number();
            NativeCall.Result result = SETNS.call(fd, CLONE_NEWNET);
            Libc.close(fd);
            if (result.number() < 0) {
                throw new ShimException("cannot enter " + name + ": " + Libc.message(result.errno()));
            }
        }
    }

    String name() {
        return name;
    }

    void ip(String... lines) {
        call(() -> {
            IpCommand.run(List.of(lines));
            return null;
        });
    }

    void run(String... command) {
        output(command);
    }

    /** What a command says, standard error included; it must succeed within the time limit. */
    String output(String... command) {
        return call(() -> Command.output(command));
    }

    /** The programs on an interface, by either way in which the kernel may have them there, as a line for each. */
    List<String> programs(String device, Libbpf.Hook hook) {
        return call(() -> {
            List<String> programs = new ArrayList<>();
            Tcx.programs(Libc.interfaceIndex(device), hook)
                    .ifPresent(there -> there.forEach(program -> programs.add(program.name() + " id " + program.id())));
            Command.output("tc", "filter", "show", "dev", device, hook.name().toLowerCase(Locale.ROOT)).lines()
                    .filter(line -> line.contains(" id ")).forEach(programs::add);
            return programs;
        });
    }

    /** Until a command says this: the kernel finishes some things behind the back of the one who asked for them. */
    void await(String words, String... command) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!output(command).contains(words)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(String.join(" ", command) + " does not say " + words);
            }
        }
    }

    <T> T call(Callable<T> task) {
        try {
            return thread.submit(task).get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError("in namespace " + name, e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError("in namespace " + name, e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        IpCommand.run(List.of("netns delete " + name));
    }
}
