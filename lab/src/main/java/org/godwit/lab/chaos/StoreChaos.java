package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;
import org.godwit.lab.chaos.RestDialogue.Answer;
import org.godwit.lab.house.Programs;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.protocol.identity.AccessToken;

/**
 * Kills a control server in the middle of writes, again and again, and compares what it has kept with what it has
 * acknowledged: over REST, and of registrations at its mapping server. Needs no root.
 */
public final class StoreChaos {

    private static final int WRITERS = 8;
    private static final int OWNERS = 20;
    private static final int ACKNOWLEDGED_MIN = 20;
    private static final int ACKNOWLEDGED_MAX = 300;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration LOAD_LIMIT = Duration.ofSeconds(60);
    private static final Pattern PORTS = Pattern.compile("listens: rest=(\\d+) ");
    private static final Pattern IMS_PORT = Pattern.compile("mapping server listens on \\S*:(\\d+)");

    private final Path folder;
    private final InstantSource clock;
    private final Patience patience;
    private final SplittableRandom random;
    private final Ledger ledger = new Ledger();
    private final Owners owners = new Owners(OWNERS);
    private final List<RestWriter> writers = new ArrayList<>();
    private final Executor threads = Thread.ofPlatform().daemon().name("store-chaos-", 0)::start;
    private final List<String> lost = new ArrayList<>();
    private Duration slowestStart = Duration.ZERO;

    /** @param folder empty; the server's data and logs go there */
    public StoreChaos(Path folder, long seed, InstantSource clock) {
        this.folder = requireNonNull(folder, "folder is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.patience = new Patience(clock);
        this.random = new SplittableRandom(seed);
        for (int number = 0; number < WRITERS; number++) {
            writers.add(new RestWriter(number, ledger, random.split()));
        }
    }

    /**
     * What came of it.
     *
     * @param writes that were acknowledged over REST
     * @param registrations that the mapping server has confirmed
     * @param slowestStart until the server listened
     * @param lost what was acknowledged and is not so
     */
    public record Report(int kills, long writes, long registrations, Duration slowestStart, List<String> lost) {

        public Report {
            lost = List.copyOf(lost);
        }

        @Override
        public String toString() {
            return kills + " kills; " + writes + " writes and " + registrations + " registrations acknowledged; "
                    + lost.size() + " lost; slowest start " + slowestStart.toMillis() + " ms";
        }
    }

    /** @param told the number of kills so far, after each */
    public Report run(int kills, Consumer<Integer> told) {
        for (int kill = 1; kill <= kills; kill++) {
            try (Running server = start(); RestDialogue dialogue = new RestDialogue(rest(server), token())) {
                if (kill == 1) {
                    owners.enrol(dialogue);
                }
                compare(dialogue, ledger.takeTouched());
                writeAndKill(server, dialogue);
            } catch (IOException e) {
                throw new UncheckedIOException("the server does not answer although nobody has killed it yet", e);
            }
            told.accept(kill);
        }
        try (Running server = start(); RestDialogue dialogue = new RestDialogue(rest(server), token())) {
            compare(dialogue, ledger.all());
        } catch (IOException e) {
            throw new UncheckedIOException("the server does not answer although nobody has killed it", e);
        }
        return new Report(kills, ledger.acknowledged(), owners.confirmations(), slowestStart, lost);
    }

    private void compare(RestDialogue server, List<String> paths) throws IOException {
        for (String path : paths) {
            Answer answer = server.get(path);
            if (!answer.isGood() && answer.status() != RestDialogue.NOT_FOUND) {
                throw new LabException("GET " + path + " was answered with " + answer);
            }
            Optional<Map<String, String>> seen = answer.isGood() ? Optional.of(answer.fields()) : Optional.empty();
            ledger.compare(path, seen).ifPresent(lost::add);
        }
        owners.lost(server).forEach((path, what) -> lost.add(path + ": " + what));
    }

    private void writeAndKill(Running server, RestDialogue dialogue) {
        long enough = done() + random.nextInt(ACKNOWLEDGED_MIN, ACKNOWLEDGED_MAX);
        AtomicBoolean isOver = new AtomicBoolean();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        InetSocketAddress ims = new InetSocketAddress(InetAddress.ofLiteral("::1"), port(server, IMS_PORT));
        all.add(CompletableFuture.runAsync(() -> owners.register(ims, isOver::get), threads));
        writers.forEach(writer -> all.add(CompletableFuture.runAsync(() -> writer.write(dialogue), threads)));
        patience.until(LOAD_LIMIT, () -> done() >= enough || all.stream().anyMatch(CompletableFuture::isDone),
                () -> server.complaint("takes no more writes"));
        server.crash();
        isOver.set(true);
        all.forEach(StoreChaos::joined);
    }

    private long done() {
        return ledger.acknowledged() + owners.confirmations();
    }

    private static void joined(CompletableFuture<Void> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private Running start() {
        Instant before = clock.instant();
        Running server = Processes.start(
                Programs.command("org.godwit.mcs.Main",
                        List.of("--data", folder.resolve("data").toString(), "--rest", "[::1]:0", "--agents",
                                "[::1]:0", "--ims", "[::1]:0", "--status", "[::1]:0", "--hoa-space",
                                "2001:db8:face::/64", "--registrations", "unchecked")),
                folder.resolve("server.log"), Programs.environment());
        try {
            server.awaitReady(patience, START_LIMIT, () -> server.find(PORTS).isPresent(), "does not listen");
        } catch (LabException e) {
            server.close();
            throw e;
        }
        Duration took = Duration.between(before, clock.instant());
        slowestStart = took.compareTo(slowestStart) > 0 ? took : slowestStart;
        return server;
    }

    /** The server made it at its first start. */
    private AccessToken token() throws IOException {
        return AccessToken.parse(Files.readString(folder.resolve("data/admin.token")).strip());
    }

    private static URI rest(Running server) {
        return URI.create("https://[::1]:" + port(server, PORTS));
    }

    private static int port(Running server, Pattern announcement) {
        return Integer.parseInt(server.find(announcement).orElseThrow().group(1));
    }
}
