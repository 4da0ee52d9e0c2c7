package org.godwit.host.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.godwit.host.program.Programs;

/**
 * The radvd processes of this agent, one a dummy bridge. They run in the background and outlive the agent, so that a
 * restart of it does not disturb what is staged.
 *
 * <p>Which are ours is read from {@code /proc}: a radvd whose command line names a configuration file under our folder. A
 * process id alone, remembered in a file, might by now belong to somebody else.
 */
final class Radvd {

    /** radvd may take seconds to say goodbye; there is nobody on a dummy bridge who would miss it. */
    private static final Duration EXIT_TIME_MAX = Duration.ofMillis(300);
    private static final Duration EXIT_POLL = Duration.ofMillis(10);

    private final Programs programs;
    private final Path folder;

    Radvd(Programs programs, Path folder) {
        this.programs = programs;
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** Makes radvd run with this configuration; leaves it alone when it does. */
    void run(String bridge, String config) {
        Path file = file(bridge, ".conf");
        try {
            Files.createDirectories(folder);
            if (Files.exists(file) && Files.readString(file).equals(config)
                    && processes(bridge).findAny().isPresent()) {
                return;
            }
            stop(bridge);
            Files.writeString(file, config);
            // radvd refuses a configuration that others may write, whatever our umask is.
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            programs.launch(file(bridge, ".log"), "radvd", "-C", file.toString(), "-p",
                    file(bridge, ".pid").toString(), "-m", "stderr");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write radvd's configuration under " + folder, e);
        }
    }

    void stop(String bridge) {
        List<ProcessHandle> ours = processes(bridge).toList();
        ours.forEach(ProcessHandle::destroy);
        ours.forEach(Radvd::awaitExit);
        try {
            for (String suffix : List.of(".conf", ".pid", ".log")) {
                Files.deleteIfExists(file(bridge, suffix));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove radvd's files under " + folder, e);
        }
    }

    /** Whether radvd runs for the bridge. */
    boolean runs(String bridge) {
        return processes(bridge).findAny().isPresent();
    }

    /** The bridges that have a configuration here, whether or not radvd runs. */
    List<String> bridges() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> BridgeNames.isStaging(name) && name.endsWith(".conf"))
                    .map(name -> name.substring(0, name.length() - ".conf".length())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    private Stream<ProcessHandle> processes(String bridge) {
        String config = file(bridge, ".conf").toString();
        return ProcessHandle.allProcesses().filter(process -> {
            List<String> arguments = commandLine(process.pid());
            return arguments.size() > 2 && arguments.getFirst().endsWith("radvd") && arguments.contains(config);
        });
    }

    private static List<String> commandLine(long pid) {
        try {
            return List.of(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).split("\0"));
        } catch (IOException e) {
            // It ended while we were looking.
            return List.of();
        }
    }

    /** ProcessHandle.onExit looks at a process that is not our child only every now and then; the VM's operator waits. */
    private static void awaitExit(ProcessHandle process) {
        for (long waited = 0; process.isAlive(); waited += EXIT_POLL.toNanos()) {
            if (waited > EXIT_TIME_MAX.toNanos()) {
                process.destroyForcibly();
                return;
            }
            LockSupport.parkNanos(EXIT_POLL.toNanos());
        }
    }

    private Path file(String bridge, String suffix) {
        return folder.resolve(bridge + suffix);
    }
}
