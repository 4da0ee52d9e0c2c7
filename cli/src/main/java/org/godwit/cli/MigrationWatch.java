package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.godwit.cli.WatchEvent.Answered;
import org.godwit.cli.WatchEvent.Interrupted;
import org.godwit.cli.WatchEvent.Told;
import org.godwit.protocol.rest.Resources.Migration;

/**
 * Watches one migration to its end. The server may be away, and the outcome may be unknown, for {@link #PATIENCE}: both often
 * heal by themselves, and an operator must not be told to worry before it is time.
 */
final class MigrationWatch {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A connection can be dead without anybody's saying so. */
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(2);

    private final Desk desk;
    private final Surroundings surroundings;
    private final String id;
    private final PrintWriter progressTo;
    private final ProgressDisplay display;
    private final BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
    private final Patience patience;
    private boolean asking;
    /** Whether there is such a migration. */
    private boolean isKnown;

    private MigrationWatch(Desk desk, Surroundings surroundings, String id, boolean isKnown, PrintWriter progressTo,
            ProgressDisplay display) {
        this.desk = desk;
        this.surroundings = surroundings;
        this.id = id;
        this.isKnown = isKnown;
        this.progressTo = progressTo;
        this.display = display;
        this.patience = new Patience(PATIENCE, surroundings.nanoTicker());
    }

    /** Of a migration that the server has just accepted. */
    static MigrationWatch ofAccepted(Desk desk, Surroundings surroundings, String id) {
        return of(desk, surroundings, id, true);
    }

    /** @param id of whatever the operator takes for a migration */
    static MigrationWatch of(Desk desk, Surroundings surroundings, String id) {
        return of(desk, surroundings, id, false);
    }

    /** Standard output belongs to the JSON when JSON was asked for; then the progress goes to standard error. */
    private static MigrationWatch of(Desk desk, Surroundings surroundings, String id, boolean isKnown) {
        PrintWriter progressTo = desk.structured() ? surroundings.err() : surroundings.out();
        ProgressDisplay display = surroundings.keyboard().isPresent()
                ? new TerminalProgress(progressTo, surroundings.nanoTicker())
                : new PlainProgress(progressTo);
        return new MigrationWatch(desk, surroundings, id, isKnown, progressTo, display);
    }

    ExitStatus untilItEnds() {
        surroundings.interrupts().onInterrupt(() -> events.add(new Interrupted()));
        progressTo.println("migration " + id);
        try (EventStream _ = new EventStream(desk.server(), Desk.one(Kind.MIGRATION, id) + "/events",
                surroundings.pollInterval(), bell())) {
            while (true) {
                Optional<ExitStatus> end = look().or(this::waitForEvents);
                if (end.isPresent()) {
                    return end.get();
                }
            }
        }
    }

    /** The stream says when to look, the resource what is true. */
    private EventStream.Listener bell() {
        return new EventStream.Listener() {
            @Override
            public void event(String kind, String data) {
                events.add(new Told());
            }

            @Override
            public void interrupted(CommandFailure failure) {
                events.add(new Told());
            }
        };
    }

    private Optional<ExitStatus> look() {
        JsonNode body;
        try {
            body = desk.server().get(Desk.one(Kind.MIGRATION, id));
        } catch (CommandFailure failure) {
            boolean mayPass = failure.status() == ExitStatus.UNREACHABLE || failure.status() == ExitStatus.FAILED;
            if (mayPass && patience.lasts()) {
                return Optional.empty();
            }
            display.interrupt();
            throw goesOn(failure);
        }
        Migration migration = McsClient.read(body, Migration.class);
        isKnown = true;
        if (!asking) {
            display.show(migration);
        }
        return ended(migration).map(status -> report(body, migration, status));
    }

    /** Who may not watch any more, because his token has expired for example, has stopped nothing. */
    private CommandFailure goesOn(CommandFailure failure) {
        if (failure.status() == ExitStatus.UNREACHABLE) {
            return new CommandFailure(ExitStatus.UNREACHABLE,
                    failure.getMessage() + "; migration " + id + " may go on without it", failure);
        }
        return isKnown
                ? new CommandFailure(ExitStatus.UNCERTAIN, failure.getMessage() + "; migration " + id
                        + " goes on all the same: look with godwit migration show " + id, failure)
                : failure;
    }

    private Optional<ExitStatus> ended(Migration migration) {
        return switch (migration.outcome()) {
            case "running" -> {
                patience.renew();
                yield Optional.empty();
            }
            case "completed", "rehearsed" -> Optional.of(ExitStatus.DONE);
            case "refused" -> Optional.of(ExitStatus.REFUSED);
            case "rolled_back" -> Optional.of(ExitStatus.ROLLED_BACK);
            case "uncertain" -> patience.lasts() ? Optional.empty() : Optional.of(ExitStatus.UNCERTAIN);
            case "lost" -> Optional.of(ExitStatus.LOST);
            case String unknown -> throw new CommandFailure(ExitStatus.UNCERTAIN,
                    "the server says \"" + Text.shown(unknown) + "\" of the migration, a word that this godwit does not"
                            + " know; use the version that belongs to the server");
        };
    }

    private ExitStatus report(JsonNode body, Migration migration, ExitStatus status) {
        if (asking) {
            progressTo.println();
        }
        display.interrupt();
        if (desk.structured()) {
            desk.write(body);
        } else {
            desk.say("");
            desk.say(MigrationReport.render(migration).stripTrailing());
        }
        return status;
    }

    private Optional<ExitStatus> waitForEvents() {
        try {
            WatchEvent event = events.poll(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
            // All that has come, before the server is asked again: it may take its time to answer.
            while (event != null) {
                Optional<ExitStatus> end = react(event);
                if (end.isPresent()) {
                    return end;
                }
                event = events.poll();
            }
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.of(detach());
        }
    }

    private Optional<ExitStatus> react(WatchEvent event) {
        return switch (event) {
            case Told() -> Optional.empty();
            case Interrupted() when asking || surroundings.keyboard().isEmpty() -> Optional.of(detach());
            case Interrupted() -> {
                ask();
                yield Optional.empty();
            }
            case Answered(String line) -> {
                asking = false;
                if (line.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
                    cancel();
                }
                yield Optional.empty();
            }
        };
    }

    private void ask() {
        asking = true;
        display.interrupt();
        progressTo.print("Cancel the migration? [y/N] - second Ctrl-C detaches: ");
        progressTo.flush();
        surroundings.keyboard().orElseThrow().readLine(line -> events.add(new Answered(line)));
    }

    private void cancel() {
        try {
            desk.server().post(Desk.one(Kind.MIGRATION, id) + "/cancel");
            progressTo.println("cancelling");
        } catch (CommandFailure failure) {
            // Too late, perhaps, or the server is away just now: either way the watch goes on and will tell how it ends.
            progressTo.println("not cancelled: " + failure.getMessage());
        }
    }

    private ExitStatus detach() {
        display.interrupt();
        progressTo.println();
        progressTo.println("no longer watching; migration " + id + " goes on");
        progressTo.println("  watch it again:  godwit migration watch " + id);
        progressTo.println("  cancel it:       godwit migration cancel " + id);
        progressTo.flush();
        return ExitStatus.DETACHED;
    }
}
