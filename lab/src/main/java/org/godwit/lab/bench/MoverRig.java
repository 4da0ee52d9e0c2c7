package org.godwit.lab.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.godwit.lab.Correspondent;
import org.godwit.lab.LabException;
import org.godwit.lab.house.Programs;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.mcs.identity.CertificateAuthority;

/** Two nodes, a disk at the left one, and what it takes to bring it to the right one in different ways. */
final class MoverRig implements AutoCloseable {

    private static final int PORT = 7001;
    private static final int CONNECTIONS = 4;
    /** For those of the transfer, of the comparison in its end, and a spare one. */
    private static final int NBD_CLIENTS = 2 * CONNECTIONS + 1;
    private static final int WARM_UP_MIB = 512;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration MOVE_LIMIT = Duration.ofMinutes(15);
    private static final Pattern SENT = Pattern.compile(Pattern.quote(MoverNode.SENT) + "(\\d+) (\\d+)");

    private final Patience patience;
    private final InstantSource clock;
    private final Path folder;
    private final Pair pair;
    private int starts;

    /**
     * How long a move took.
     *
     * @param senderMb null when it is not told
     */
    record Moved(double seconds, double linkMib, Integer senderMb, Integer receiverMb) {}

    /** @param disks where there is room for three disks; what is made there is removed again */
    MoverRig(Path labs, Path disks, InstantSource clock) {
        this.clock = clock;
        this.patience = new Patience(clock);
        try {
            folder = Files.createTempDirectory(disks, "godwit-mover-");
        } catch (IOException e) {
            throw new UncheckedIOException("no folder can be made in " + disks, e);
        }
        try {
            pair = Pair.open(labs);
        } catch (RuntimeException e) {
            remove();
            throw e;
        }
        CertificateAuthority authority = CertificateAuthority.open(folder, clock);
        MoverIdentity.issue(authority, pair.left(), identity(pair.left()));
        MoverIdentity.issue(authority, pair.right(), identity(pair.right()));
    }

    private Path identity(Correspondent node) {
        return folder.resolve(node.name().text() + ".pem");
    }

    /** Makes the disk that is moved from now on. */
    Path source(Stuff stuff, int mib) {
        Path disk = folder.resolve(stuff + "-" + mib + ".raw");
        if (Files.notExists(disk)) {
            stuff.write(disk, mib);
        }
        return disk;
    }

    /** Moves a disk to a new one, and compares. @throws LabException when that fails, or they differ */
    Moved move(Path source, Transport transport) {
        Path target = empty("target.raw", source);
        try {
            Moved moved = switch (transport) {
                case MOVER -> byMover(source, target);
                case QEMU_IMG -> byQemu(source, target);
                case RSYNC -> byRsync(source, target);
            };
            Processes.run(MOVE_LIMIT, List.of("qemu-img", "compare", "-q", "-f", "raw", "-F", "raw", source.toString(),
                    target.toString()));
            return moved;
        } finally {
            delete(target);
        }
    }

    /** A disk without contents, as large as another. */
    private Path empty(String name, Path other) {
        Path disk = folder.resolve(name);
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(Files.size(other));
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException(disk + " cannot be made", e);
        }
    }

    private Moved byMover(Path source, Path target) {
        Path warmUp = source(Stuff.RANDOM, WARM_UP_MIB);
        Path warmUpTarget = empty("warm-up-target.raw", warmUp);
        try (Running _ = nbd(source, "disk-source", "--read-only");
                Running _ = nbd(warmUp, "warm-up-source", "--read-only");
                Running _ = nbd(target, "disk-target", "--discard=unmap");
                Running _ = nbd(warmUpTarget, "warm-up-target", "--discard=unmap");
                Running receiver = mover(pair.right(), "target", List.of("--receive"))) {
            awaitWord(receiver, MoverNode.READY);
            try (Running sender = mover(pair.left(), "source", List.of("--connections", "" + CONNECTIONS))) {
                awaitWord(sender, MoverNode.READY);
                double before = linkMib();
                sender.say("go");
                int exitCode = sender.await(MOVE_LIMIT);
                MatchResult sent = sender.find(SENT).orElseThrow(
                        () -> new LabException(sender.complaint("ended with exit code " + exitCode)));
                return new Moved(Long.parseLong(sent.group(1)) / 1e9, linkMib() - before,
                        Integer.valueOf(sent.group(2)),
                        Memory.highestMb(receiver.pid()));
            }
        } finally {
            delete(warmUpTarget);
        }
    }

    private Running mover(Correspondent node, String end, List<String> options) {
        List<String> arguments = new ArrayList<>(List.of("--address", right(), "--port", "" + PORT, "--disk",
                socket("disk-" + end).toString(), "--warm-up", socket("warm-up-" + end).toString(), "--identity",
                identity(node).toString()));
        arguments.addAll(options);
        return node.start("mover-" + ++starts,
                Programs.command(MoverNode.class.getName(), Programs.MOVING_DISKS, arguments),
                Programs.environment());
    }

    private Running nbd(Path disk, String name, String option) {
        Running server = pair.right().start("nbd-" + ++starts, List.of("qemu-nbd", "--persistent",
                "--shared=" + NBD_CLIENTS, "--format=raw", option, "--socket=" + socket(name), disk.toString()));
        server.awaitReady(patience, START_LIMIT, () -> Files.exists(socket(name)), "does not open its socket");
        return server;
    }

    private Path socket(String name) {
        return folder.resolve(name + ".nbd");
    }

    private Moved byQemu(Path source, Path target) {
        try (Running server = pair.right().start("nbd-" + ++starts, List.of("qemu-nbd", "--persistent", "--shared=4",
                "--format=raw", "--discard=unmap", "--bind=" + right(), "--port=" + PORT, target.toString()))) {
            awaitListener(server);
            return timed(pair.left()
                    .enter(List.of("qemu-img", "convert", "-n", "--target-is-zero", "-W", "-t", "writeback", "-f",
                            "raw",
                            "-O", "raw", source.toString(), "nbd://[" + right() + "]:" + PORT)));
        }
    }

    private Moved byRsync(Path source, Path target) {
        Path conf = folder.resolve("rsyncd.conf");
        try {
            Files.write(conf, List.of("uid = root", "gid = root", "use chroot = no", "[disks]", "path = " + folder,
                    "read only = no"));
        } catch (IOException e) {
            throw new UncheckedIOException(conf + " cannot be written", e);
        }
        try (Running server = pair.right().start("rsync-" + ++starts, List.of("rsync", "--daemon", "--no-detach",
                "--config=" + conf, "--address=" + right(), "--port=" + PORT))) {
            awaitListener(server);
            return timed(pair.left().enter(List.of("rsync", "--whole-file", "--sparse", "--fsync", source.toString(),
                    "rsync://[" + right() + "]:" + PORT + "/disks/" + target.getFileName())));
        }
    }

    private Moved timed(List<String> command) {
        double before = linkMib();
        long start = clock.millis();
        Processes.run(MOVE_LIMIT, command);
        return new Moved((clock.millis() - start) / 1e3, linkMib() - before, null, null);
    }

    private void awaitWord(Running program, String word) {
        program.awaitReady(patience, START_LIMIT, () -> program.hasSaid(word), "does not say " + word);
    }

    private void awaitListener(Running program) {
        program.awaitReady(patience, START_LIMIT,
                () -> pair.right().run("ss", "-Hltn", "sport = :" + PORT).contains(":" + PORT), "does not listen");
    }

    private String right() {
        return pair.right().address().toCanonicalString();
    }

    /** What has gone over the left node's link so far, in both directions. */
    private double linkMib() {
        return LinkBytes.soFar(pair.left(), Correspondent.DEVICE) / (double) (1 << 20);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be removed", e);
        }
    }

    private void remove() {
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(MoverRig::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read", e);
        }
        delete(folder);
    }

    @Override
    public void close() {
        try {
            pair.close();
        } finally {
            remove();
        }
    }
}
