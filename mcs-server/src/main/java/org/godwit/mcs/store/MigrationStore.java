package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.godwit.mcs.precheck.Check;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.precheck.Forecast;
import org.godwit.mcs.workflow.Decision;
import org.godwit.mcs.workflow.DiskFigures;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Baggage;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.Prediction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Migrations, their phases and their journal. What belongs together is written together. */
public final class MigrationStore {

    private static final String UNFINISHED = "WHERE ended_at_us IS NULL ORDER BY created_at_us";

    private final Jdbi jdbi;
    private final Jdbi reader;
    private final EventLog events;
    private final InstantSource clock;
    private final Supplier<UUID> ids;
    private volatile long tenure;

    /** @param ids of migrations and commands */
    public MigrationStore(Database database, InstantSource clock, Supplier<UUID> ids) {
        this.jdbi = database.jdbi();
        this.reader = database.reader();
        this.events = database.events();
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * Begins a migration: the VM's next epoch, phase REQUESTED, the first intent.
     *
     * @param options how its memory is copied, beside the strategy
     * @param rehearsal everything is done but the copy, then undone
     * @param vm as it was read, maybe some time ago
     * @param forecast of it, kept with it; empty when nothing depended on one
     * @throws ConflictException when the VM is being migrated; the message names that migration. Also when the VM has been moved
     *         or removed since it was read, or the target has been removed
     * @throws TakenOverException when another server has taken over
     */
    public MigrationState begin(Vm vm, Name target, Gateway targetGateway, Strategy strategy, CopyOptions options,
            boolean rehearsal, Optional<Forecast> forecast) {
        return jdbi.inTransaction(h -> {
            requireTenure(h);
            requireStill(h, vm, target);
            running(h, vm.name()).ifPresent(id -> {
                throw new ConflictException("VM " + vm.name() + " is being migrated already, by migration " + id, "vm");
            });
            Plan plan = new Plan(ids.get(), new Plan.Vm(vm.name(), vm.domain(), vm.uuid(), vm.hoa()), vm.host(), target,
                    targetGateway, nextEpoch(h, vm.uuid().toString()), strategy, options, rehearsal);
            Event accepted = new Event.Accepted();
            Decision first = Workflow.decide(MigrationState.requested(plan), accepted).orElseThrow();
            long now = now();
            MigrationRow.insert(h, first.state(), now);
            addPhase(h, first.state(), now, "accepted");
            happened(h, now, EventKind.MIGRATION_REQUESTED, first.state(), null);
            intend(h, plan.id(), first.effects(), now);
            forecast.ifPresent(it -> keep(h, plan.id(), it));
            return first.state();
        });
    }

    /**
     * Writes what a decision says: the answer of the effect that led to it, the new state, the phase if it changed, and the
     * intents of the effects to come.
     *
     * @param answered the effect that is known to have ended now
     * @return the intents, to be performed in this order
     * @throws TakenOverException when another server goes on with this migration; then nothing is written
     */
    public List<Intent> enter(Decision decision, Optional<UUID> answered, Event event, String reason) {
        UUID id = decision.state().plan().id();
        return jdbi.inTransaction(h -> {
            long now = now();
            MigrationRow.update(h, decision.state(), decision.state().phase().isFinal() ? now : null);
            answered.ifPresent(command -> close(h, command, event, now));
            if (event instanceof Event.Checked checked) {
                addFindings(h, id, checked.findings());
            }
            disks(event).ifPresent(figures -> DiskPassage.keep(h, id, figures));
            if (decision.row().from() != decision.row().to()) {
                addPhase(h, decision.state(), now, reason);
                happened(h, now, EventKind.MIGRATION_PHASE, decision.state(), reason);
            } else if (event instanceof Event.Setback setback && !(event instanceof Event.CancelRequested)) {
                happened(h, now,
                        event instanceof Event.Overdue ? EventKind.MIGRATION_OVERDUE : EventKind.MIGRATION_SETBACK,
                        decision.state(), setback.failure().message());
            }
            return intend(h, id, decision.effects(), now);
        });
    }

    private static Optional<DiskFigures> disks(Event event) {
        return switch (event) {
            case Event.CopyCompleted copied -> copied.disks();
            case Event.DisksArrived arrived -> arrived.disks();
            case Event _ -> Optional.empty();
        };
    }

    /**
     * Notes what became of an effect that led to nothing.
     *
     * @throws TakenOverException when another server goes on with this migration: it may be performing the same effect
     */
    public void close(Plan plan, UUID command, Event event) {
        jdbi.useTransaction(h -> {
            TakenOverException.check(h, plan);
            close(h, command, event, now());
        });
    }

    /**
     * Takes over what an earlier server has left unfinished. Each migration goes on with the next epoch of its VM: agents,
     * guests, the mapping server and this store refuse from now on whatever that server may still say or write.
     */
    public List<MigrationRecord> takeOver() {
        return jdbi.inTransaction(h -> {
            h.select("SELECT id, vm_uuid FROM migrations WHERE ended_at_us IS NULL")
                    .map((rs, _) -> List.of(rs.getString(1), rs.getString(2))).list()
                    .forEach(row -> h.execute("UPDATE migrations SET epoch = ? WHERE id = ?",
                            nextEpoch(h, row.getLast()).number(), row.getFirst()));
            tenure = h.select("""
                    INSERT INTO tenure (only, number) VALUES (1, 1)
                    ON CONFLICT (only) DO UPDATE SET number = number + 1 RETURNING number""").mapTo(Long.class).one();
            // Read here, so that these are our epochs and not those of a third server.
            return query(h, UNFINISHED, Map.of());
        });
    }

    /** Whether another server has called {@link #takeOver} since this one has. */
    public boolean isTakenOver() {
        return jdbi.withHandle(this::isTakenOver);
    }

    private boolean isTakenOver(Handle h) {
        return h.select("SELECT coalesce(max(number), 0) FROM tenure").mapTo(Long.class).one() != tenure;
    }

    /**
     * To be asked in the transaction that begins something. What was begun is fenced by its epoch; what was not has the epoch of
     * whoever took over, and must not be begun twice.
     */
    private void requireTenure(Handle h) {
        if (isTakenOver(h)) {
            throw TakenOverException.ofAll();
        }
    }

    private static void requireStill(Handle h, Vm vm, Name target) {
        boolean same = h.select("SELECT count(*) FROM vms WHERE name = ? AND uuid = ? AND hoa = ? AND host = ?"
                + " AND EXISTS (SELECT 1 FROM hosts WHERE name = ?)", vm.name().text(), vm.uuid().toString(),
                vm.hoa().toString(), vm.host().text(), target.text()).mapTo(Integer.class).one() == 1;
        if (!same) {
            throw new ConflictException("VM " + vm.name() + " was moved or removed meanwhile, or host " + target
                    + " was removed: ask again", "vm");
        }
    }

    private static Epoch nextEpoch(Handle h, String vmUuid) {
        return new Epoch(h.select("""
                INSERT INTO epochs (vm_uuid, epoch) VALUES (?, 1)
                ON CONFLICT (vm_uuid) DO UPDATE SET epoch = epoch + 1 RETURNING epoch""", vmUuid)
                .mapTo(Long.class).one());
    }

    /** Effects that may or may not have been performed when the server stopped. */
    public List<Intent> open(UUID migration) {
        return jdbi.withHandle(h -> open(h, migration));
    }

    private static List<Intent> open(Handle h, UUID migration) {
        return h.select("SELECT command_id, effect FROM journal WHERE migration = ? AND closed_at_us IS NULL"
                + " ORDER BY number", migration.toString())
                .map((rs, _) -> new Intent(UUID.fromString(rs.getString(1)), Effect.valueOf(rs.getString(2)))).list();
    }

    /**
     * From now on the inventory says that the VM is at this host. A repeated call changes nothing.
     *
     * @throws TakenOverException when another server goes on with this migration
     */
    public void placeVm(Plan plan, Name host) {
        jdbi.useTransaction(h -> {
            TakenOverException.check(h, plan);
            Optional<String> name = h.select("SELECT name FROM vms WHERE uuid = ? AND host <> ?",
                    plan.vm().uuid().toString(), host.text()).mapTo(String.class).findOne();
            name.ifPresent(vm -> h.execute("UPDATE vms SET host = ?, version = ? WHERE name = ?", host.text(),
                    events.append(h, now(), EventKind.VM_MOVED, vm, vm, null, "at host " + host), vm));
        });
    }

    /** What a run goes on from: where the migration stands, and what is journalled. */
    public record Ongoing(MigrationRecord record, List<Intent> open) {
        public Ongoing {
            open = List.copyOf(open);
        }
    }

    /**
     * It is its turn: from now on it is begun, also after a restart. A repeated call only tells where it stands.
     *
     * @throws TakenOverException when another server has taken over
     */
    public Ongoing admit(UUID migration) {
        return jdbi.inTransaction(h -> {
            requireTenure(h);
            long now = now();
            String id = migration.toString();
            int first = h.execute("UPDATE migrations SET admitted_at_us = ?"
                    + " WHERE id = ? AND admitted_at_us IS NULL AND ended_at_us IS NULL", now, id);
            MigrationRecord record = one(h, migration);
            if (first > 0) {
                // Its first step has been written down since it was asked for; it begins now.
                h.execute("UPDATE journal SET intended_at_us = ? WHERE migration = ?", now, id);
                happened(h, now, EventKind.MIGRATION_ADMITTED, record.state(), null);
            }
            return new Ongoing(record, open(h, migration));
        });
    }

    /**
     * Remembers an operator's wish, for the case that the server stops before it is heard.
     *
     * @throws TakenOverException when another server has taken over, which would not hear of it
     */
    public MigrationRecord requestCancel(UUID migration) {
        return jdbi.inTransaction(h -> {
            requireTenure(h);
            int first = h.execute("UPDATE migrations SET cancel_requested = 1 WHERE id = ? AND cancel_requested = 0",
                    migration.toString());
            MigrationRecord record = one(h, migration);
            if (first > 0) {
                happened(h, now(), EventKind.MIGRATION_CANCEL_REQUESTED, record.state(), null);
            }
            return record;
        });
    }

    public List<MigrationRecord> unfinished() {
        return query(UNFINISHED, Map.of());
    }

    /** Newest first. The keys of its pages are those of {@link #key}. */
    public List<MigrationRecord> newest(Page page, MigrationFilter filter) {
        Map<String, Object> values = new HashMap<>();
        values.put("limit", page.limit());
        values.put("vm", filter.vm().map(Name::text).orElse(null));
        values.put("host", filter.host().map(Name::text).orElse(null));
        values.put("phase", filter.phase().map(Enum::name).orElse(null));
        String[] after = page.after().map(key -> key.split("/", 2)).filter(key -> key.length == 2)
                .orElse(new String[]{String.valueOf(Long.MAX_VALUE), "" });
        values.put("time", after[0]);
        values.put("id", after[1]);
        return query("""
                WHERE (:vm IS NULL OR vm = :vm) AND (:host IS NULL OR source = :host OR target = :host)
                    AND (:phase IS NULL OR phase = :phase) AND (%s)
                    AND (created_at_us < CAST(:time AS INTEGER)
                        OR created_at_us = CAST(:time AS INTEGER) AND id > :id)
                ORDER BY created_at_us DESC, id LIMIT :limit"""
                .formatted(filter.outcome().map(OutcomeColumn::condition).orElse("TRUE")), values);
    }

    /** What comes after this one is the next page. */
    public static String key(MigrationRecord record) {
        return microseconds(record.createdAt()) + "/" + record.state().plan().id();
    }

    /** All that was done for a migration, in order. */
    public List<Step> steps(UUID migration) {
        return jdbi.withHandle(h -> h.select("SELECT effect, intended_at_us, closed_at_us, message FROM journal"
                + " WHERE migration = ? ORDER BY number", migration.toString()).map((rs, _) -> {
                    long closed = rs.getLong(3);
                    Optional<Instant> end = rs.wasNull() ? Optional.empty() : Optional.of(instant(closed));
                    return new Step(Effect.valueOf(rs.getString(1)), instant(rs.getLong(2)), end,
                            Optional.ofNullable(rs.getString(4)));
                }).list());
    }

    public Optional<MigrationRecord> find(UUID id) {
        return query("WHERE id = :id", Map.of("id", id.toString())).stream().findFirst();
    }

    /** What the last completed migrations tell of a VM and of the way between two hosts, for the next one. */
    public Forecast.History copies(Name vm, Name source, Name target) {
        return jdbi.withHandle(h -> CopyHistory.of(h, vm, source, target));
    }

    /** Keeps what was forecast of a migration, unless something was kept before. @param applied what it was corrected by */
    public void keep(UUID migration, Prediction.Converges forecast, Corrections applied) {
        jdbi.useTransaction(h -> ForecastRows.keep(h, migration, forecast, applied));
    }

    /** All that was forecast of it. */
    public void keep(UUID migration, Forecast forecast) {
        jdbi.useTransaction(h -> keep(h, migration, forecast));
    }

    private static void keep(Handle h, UUID migration, Forecast forecast) {
        forecast.prediction().ifPresent(kept -> ForecastRows.keep(h, migration, kept, forecast.corrections()));
        if (!forecast.disks().equals(Baggage.NONE)) {
            DiskPassage.keep(h, migration, forecast.disks());
        }
    }

    /** The same of the disks that travel with a VM. */
    public void keep(UUID migration, Baggage disks) {
        jdbi.useTransaction(h -> DiskPassage.keep(h, migration, disks));
    }

    /** Empty when no disk travelled. */
    public Optional<DiskPassage> disks(UUID migration) {
        return jdbi.withHandle(h -> DiskPassage.find(h, migration));
    }

    /**
     * For how long a migration has been in a phase or past it, when it was entered last; zero when the clock has been set back
     * before that.
     *
     * @throws IllegalStateException when it never was
     */
    public Duration since(UUID migration, MigrationPhase phase) {
        return Duration.of(Math.max(0, now() - jdbi.withHandle(h -> h.select(
                "SELECT started_at_us FROM phases WHERE migration = ? AND phase = ? ORDER BY number DESC LIMIT 1",
                migration.toString(), phase.name()).mapTo(Long.class).findOne())
                .orElseThrow(() -> new IllegalStateException("migration " + migration + " was never in " + phase))),
                ChronoUnit.MICROS);
    }

    /**
     * From the word of the source's agent that a migration's VM stands still to that of the target's that it runs, as both came in;
     * empty when one of them did not.
     */
    public Optional<Duration> standstill(UUID migration) {
        return jdbi.withHandle(h -> h
                .select("""
                        SELECT next.started_at_us - paused.started_at_us
                        FROM phases paused JOIN phases next ON next.migration = paused.migration AND next.number = paused.number + 1
                        WHERE paused.migration = ? AND paused.phase = ? AND next.phase = ? ORDER BY paused.number LIMIT 1""",
                        migration.toString(), MigrationPhase.SWITCHOVER.name(), MigrationPhase.REBINDING.name())
                .mapTo(Long.class).findOne()).map(us -> Duration.of(us, ChronoUnit.MICROS));
    }

    /** What was forecast of a migration. */
    public Optional<Prediction.Converges> forecast(UUID migration) {
        return jdbi.withHandle(h -> ForecastRows.find(h, migration));
    }

    /** The migration that runs now for a VM. */
    public Optional<UUID> running(Name vm) {
        return jdbi.withHandle(h -> running(h, vm));
    }

    /** All that run or wait now, by their VMs. */
    public Map<Name, UUID> running() {
        Map<Name, UUID> running = new HashMap<>();
        jdbi.useHandle(h -> h.createQuery("SELECT vm, id FROM migrations WHERE ended_at_us IS NULL")
                .map((rs, _) -> running.put(Name.of(rs.getString(1)), UUID.fromString(rs.getString(2)))).list());
        return running;
    }

    private static Optional<UUID> running(Handle h, Name vm) {
        return h.select("SELECT id FROM migrations WHERE vm = ? AND ended_at_us IS NULL", vm.text()).mapTo(String.class)
                .findOne().map(UUID::fromString);
    }

    private List<MigrationRecord> query(String rest, Map<String, ?> arguments) {
        return reader.inTransaction(h -> query(h, rest, arguments));
    }

    private static MigrationRecord one(Handle h, UUID migration) {
        return query(h, "WHERE id = :id", Map.of("id", migration.toString())).getFirst();
    }

    private static List<MigrationRecord> query(Handle h, String rest, Map<String, ?> arguments) {
        List<MigrationRow> rows = h.createQuery("SELECT * FROM migrations " + rest).bindMap(arguments)
                .map((rs, _) -> MigrationRow.read(rs)).list();
        String ids = rows.stream().map(row -> "\"" + row.state().plan().id() + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        Map<UUID, List<MigrationRecord.Phase>> phases = phases(h, ids);
        Map<UUID, List<Finding>> findings = findings(h, ids);
        return rows.stream().map(row -> {
            UUID id = row.state().plan().id();
            return row.with(phases.getOrDefault(id, List.of()), findings.getOrDefault(id, List.of()));
        }).toList();
    }

    private void happened(Handle h, long now, EventKind kind, MigrationState state, String message) {
        events.append(h, now, kind, state.plan().id(), state.plan().vm().name(), state.phase(), message);
    }

    /** @param ids of migrations, a JSON array */
    private static Map<UUID, List<MigrationRecord.Phase>> phases(Handle h, String ids) {
        return ofMigrations(h, "SELECT migration, phase, started_at_us, reason FROM phases", ids,
                rs -> new MigrationRecord.Phase(MigrationPhase.valueOf(rs.getString(2)), instant(rs.getLong(3)),
                        rs.getString(4)));
    }

    private static Map<UUID, List<Finding>> findings(Handle h, String ids) {
        return ofMigrations(h, "SELECT migration, check_name, severity, problem, remedy FROM findings", ids,
                rs -> new Finding(Check.valueOf(rs.getString(2)), Finding.Severity.valueOf(rs.getString(3)),
                        rs.getString(4), rs.getString(5)));
    }

    /** Reads a part of a row. */
    private interface Reader<T> {
        T read(ResultSet rs) throws SQLException;
    }

    /** In one query for all of them: a page has a hundred. */
    private static <T> Map<UUID, List<T>> ofMigrations(Handle h, String select, String ids, Reader<T> reader) {
        Map<UUID, List<T>> found = new HashMap<>();
        h.select(select + " WHERE migration IN (SELECT value FROM json_each(?)) ORDER BY migration, number", ids)
                .map((rs, _) -> found.computeIfAbsent(UUID.fromString(rs.getString(1)), _ -> new ArrayList<>())
                        .add(reader.read(rs)))
                .list();
        return found;
    }

    private static void addFindings(Handle h, UUID migration, List<Finding> findings) {
        for (Finding finding : findings) {
            h.execute("INSERT INTO findings (migration, check_name, severity, problem, remedy) VALUES (?, ?, ?, ?, ?)",
                    migration.toString(), finding.check().name(), finding.severity().name(), finding.problem(),
                    finding.remedy());
        }
    }

    private static void addPhase(Handle h, MigrationState state, long now, String reason) {
        h.createUpdate("""
                INSERT INTO phases (migration, number, phase, started_at_us, reason)
                SELECT :id, count(*), :phase, :now, :reason FROM phases WHERE migration = :id""")
                .bind("id", state.plan().id().toString()).bind("phase", state.phase().name()).bind("now", now)
                .bind("reason", reason).execute();
    }

    private List<Intent> intend(Handle h, UUID migration, List<Effect> effects, long now) {
        List<Intent> intents = effects.stream().map(effect -> new Intent(ids.get(), effect)).toList();
        for (Intent intent : intents) {
            h.execute("INSERT INTO journal (migration, command_id, effect, intended_at_us) VALUES (?, ?, ?, ?)",
                    migration.toString(), intent.commandId().toString(), intent.effect().name(), now);
        }
        return intents;
    }

    private static void close(Handle h, UUID command, Event event, long now) {
        String message = event instanceof Event.Setback setback ? setback.failure().message() : null;
        h.execute("UPDATE journal SET closed_at_us = ?, event = ?, message = ?"
                + " WHERE command_id = ? AND closed_at_us IS NULL", now, event.toString(), message, command.toString());
    }

    private long now() {
        return microseconds(clock.instant());
    }

    static long microseconds(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    static Instant instant(long microseconds) {
        return Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS);
    }
}
