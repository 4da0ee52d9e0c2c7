package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.LabFolder;
import org.godwit.lab.VmSize;
import org.godwit.lab.chaos.ServerLog.Cursor;
import org.godwit.lab.chaos.ServerLog.PhaseChange;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.house.House;
import org.godwit.lab.house.Meter;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.model.MigrationPhase;
import org.godwit.protocol.rest.Resources;

/**
 * Migrations of a VM between two sites of real parts, in each of which one part is killed and started again. The VM goes to
 * the other site each time, or stays where it is when the migration was rolled back.
 */
public final class RealChaos implements AutoCloseable {

    /** A command takes seconds on a busy machine, and a migration may wait for a victim that comes back. */
    private static final Duration PHASE_LIMIT = Duration.ofSeconds(120);
    private static final Duration END_LIMIT = Duration.ofMinutes(5);
    private static final Duration LOST_WORD_INTERVAL = Duration.ofSeconds(10);
    private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(60);

    /** As long as a service manager that is set to restart at once, after a second, or after three. */
    private static final List<Duration> AWAY = List.of(Duration.ofMillis(200), Duration.ofSeconds(1),
            Duration.ofSeconds(3));

    /** Whether sessions survive is what counts here, and the TCP connection has its own pace. */
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(50);

    private static final int TRIES = 3;
    private static final String SLOW_MIB_PER_SECOND = "1";

    private final TwoSites scene;
    private final House house;
    private final Meter meter;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final ServerLog serverLog;
    private final Judge judge;
    private final Executor threads = Thread.ofPlatform().daemon().name("striker")::start;
    private Host home;
    private int windows;

    private RealChaos(TwoSites scene, Meter meter, RandomGenerator random, InstantSource clock) {
        this.scene = requireNonNull(scene, "scene is null");
        this.house = scene.house();
        this.meter = requireNonNull(meter, "meter is null");
        this.random = requireNonNull(random, "random is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.serverLog = new ServerLog(house.controlServerLog(), clock);
        this.home = scene.hostA();
        this.judge = Judge.afterTwoFlights(scene, clock);
    }

    /**
     * Builds the lab and flies there and back once, undisturbed: how the hosts are then is how they shall be after each strike.
     *
     * @param random says when within a phase a kill comes, and how long the victim stays dead
     * @param out where captures go, and the logs if it fails
     */
    public static RealChaos open(RandomGenerator random, Path out, Consumer<String> narrator, InstantSource clock) {
        GuestImages images = GuestImages.standard();
        TwoSites scene = TwoSites.open(Qemu.probe(images), LabFolder.STANDARD_ROOT, images.guest(),
                new TwoSites.Plan(VmSize.SMALL, 0), out, narrator);
        try {
            return new RealChaos(scene, scene.measure(out, PROBE_INTERVAL), random, clock);
        } catch (RuntimeException e) {
            try (scene) {
                scene.saveLogs(out);
            }
            throw e;
        }
    }

    /**
     * Migrates, kills, starts again, waits for the end and looks at everything.
     *
     * @throws LabException when the strike cannot be made, or the migration does not end
     */
    public StrikeResult strike(Strike strike) {
        for (int attempt = 1;; attempt++) {
            Optional<StrikeResult> result = attempt(strike);
            if (result.isPresent()) {
                return result.get();
            }
            if (attempt == TRIES) {
                throw new LabException(strike + " could not be made in " + TRIES + " migrations: each ended, or was"
                        + " refused, before that phase");
            }
        }
    }

    /** Empty when the migration ended without the phase. */
    private Optional<StrikeResult> attempt(Strike strike) {
        Host source = home;
        Host target = source == scene.hostA() ? scene.hostB() : scene.hostA();
        Duration away = AWAY.get(random.nextInt(AWAY.size()));
        Duration within = pauseBefore(strike.phase());
        String window = "strike-" + ++windows + "-" + strike.victim().word() + "-" + strike.phase();
        Cursor cursor = serverLog.end();
        Cursor endCursor = serverLog.end();
        house.awaitAgents(source, target);
        meter.begin(window);
        CompletableFuture<Optional<Blow>> blow = CompletableFuture
                .supplyAsync(() -> blow(strike, cursor, within, away, source, target), threads);
        if (strike.phase() == MigrationPhase.ROLLBACK) {
            migrateAndCancel(source, target);
        } else {
            begin(target);
        }
        Optional<Blow> struck = joined(blow);
        PhaseChange end = awaitEnd(endCursor);
        Instant endedAt = clock.instant();
        if (end.phase() == MigrationPhase.SETTLED) {
            home = target;
        }
        if (struck.isEmpty()) {
            meter.end(window);
            return Optional.empty();
        }
        List<String> faults = new ArrayList<>(judge.faults(home, end.phase()));
        meter.awaitFlow(window);
        Resources.Tcp tcp = meter.end(window).tcp();
        if (!tcp.survived()) {
            faults.add("the TCP session is broken");
        }
        return Optional.of(new StrikeResult(strike, end.phase(), away, Duration.between(struck.get().at(), endedAt),
                struck.get().recovery(), tcp.stallMs(), faults));
    }

    /** The command may fail because its server is killed meanwhile; what counts is that the migration has begun. */
    private void begin(Host target) {
        Cursor cursor = serverLog.end();
        new Patience(clock).until(PHASE_LIMIT,
                () -> house.ask("migrate", scene.vm().name().text(), "--to", target.name().text(), "--detach")
                        .exitCode() == 0 || cursor.next(line -> PhaseChange.in(line).isPresent()).isPresent(),
                () -> "no migration to " + target + " can be begun");
    }

    /** A kill and the start of another process. */
    private record Blow(Instant at, Optional<Duration> recovery) {}

    private Optional<Blow> blow(Strike strike, Cursor cursor, Duration within, Duration away, Host source,
            Host target) {
        PhaseChange change = cursor.awaitPhase(PHASE_LIMIT, phase -> phase == strike.phase() || phase.isFinal(),
                "a migration has come to " + strike.phase());
        if (change.phase() != strike.phase()) {
            return Optional.empty();
        }
        LockSupport.parkNanos(within.toNanos());
        Instant at = clock.instant();
        kill(strike.victim(), source, target);
        LockSupport.parkNanos(away.toNanos());
        return Optional.of(new Blow(at, startAgain(strike.victim(), source, target)));
    }

    private void kill(Victim victim, Host source, Host target) {
        switch (victim) {
            case MCS -> house.crashControlServer();
            case SOURCE_AGENT -> house.crashAgent(source);
            case TARGET_AGENT -> house.crashAgent(target);
            case GUEST_AGENT -> scene.killGuestAgent();
            case SOURCE_LIBVIRTD -> source.crashLibvirtd();
            case TARGET_LIBVIRTD -> target.crashLibvirtd();
        }
    }

    /** @return how long the control server took, when it was that */
    private Optional<Duration> startAgain(Victim victim, Host source, Host target) {
        switch (victim) {
            case MCS -> {
                return Optional.of(startControlServer());
            }
            case SOURCE_AGENT -> house.startAgent(source);
            case TARGET_AGENT -> house.startAgent(target);
            case GUEST_AGENT -> {
                // The guest's first process does.
            }
            case SOURCE_LIBVIRTD -> source.restartLibvirtd();
            case TARGET_LIBVIRTD -> target.restartLibvirtd();
        }
        return Optional.empty();
    }

    private Duration startControlServer() {
        List<String> signs = List.of("listens: ", "host=" + scene.hostA() + " agent=connected",
                "host=" + scene.hostB() + " agent=connected");
        List<Cursor> cursors = signs.stream().map(_ -> serverLog.end()).toList();
        Instant start = clock.instant();
        CompletableFuture<Duration> recovery = CompletableFuture.supplyAsync(() -> {
            for (int i = 0; i < signs.size(); i++) {
                String sign = signs.get(i);
                cursors.get(i).await(RECOVERY_LIMIT, line -> line.contains(sign), sign);
            }
            return Duration.between(start, clock.instant());
        }, threads);
        house.startControlServer();
        return joined(recovery);
    }

    /** Half of the kills come at once, the others a little later, where the phase has something else under way. */
    private Duration pauseBefore(MigrationPhase phase) {
        int latestMs = phase == MigrationPhase.SWITCHOVER ? 30 : 150;
        return random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(latestMs));
    }

    private void migrateAndCancel(Host source, Host target) {
        String vm = scene.vm().name().text();
        String speed = source.virsh("migrate-getspeed", vm).strip();
        // Slow enough to be cancelled in the middle.
        source.virsh("migrate-setspeed", vm, SLOW_MIB_PER_SECOND);
        try {
            Cursor cursor = serverLog.end();
            begin(target);
            PhaseChange copying = cursor.awaitPhase(PHASE_LIMIT,
                    phase -> phase == MigrationPhase.COPYING || phase.isFinal(), "a migration copies");
            house.ask("migration", "cancel", copying.migration());
            if (!copying.phase().isFinal()) {
                cursor.awaitPhase(PHASE_LIMIT, phase -> phase == MigrationPhase.ROLLBACK || phase.isFinal(),
                        "a migration is rolled back");
            }
        } finally {
            new Patience(clock).until(PHASE_LIMIT, () -> isSet(source, vm, speed), () -> "libvirtd at " + source
                    + " does not set the speed of migrations back");
        }
    }

    private static boolean isSet(Host host, String vm, String speed) {
        try {
            host.virsh("migrate-setspeed", vm, speed);
            return true;
        } catch (LabException e) {
            return false;
        }
    }

    /** A server that was killed between its disk and its log has not said the last word: then it is asked. */
    private PhaseChange awaitEnd(Cursor cursor) {
        Instant deadline = clock.instant().plus(END_LIMIT);
        while (true) {
            try {
                return cursor.awaitPhase(LOST_WORD_INTERVAL, MigrationPhase::isFinal, "the migration has ended");
            } catch (LabException e) {
                Optional<PhaseChange> end = judge.lastMigration().filter(change -> change.phase().isFinal());
                if (end.isPresent()) {
                    return end.get();
                }
                if (clock.instant().isAfter(deadline)) {
                    throw e;
                }
            }
        }
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Waits until no relay is left on either host, as after its time none may be. */
    public List<String> relaysLeft() {
        return judge.relaysLeft();
    }

    /** Keeps what programs and guests have written. */
    public void saveLogs(Path out) {
        scene.saveLogs(out);
    }

    @Override
    public void close() {
        scene.close();
    }
}
