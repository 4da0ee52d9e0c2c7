package org.godwit.mcs.store;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.godwit.mcs.workflow.Decision;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Migrations, their phases and their journal. What belongs together is written together. */
public final class MigrationStore {

    private final Jdbi jdbi;
    private final InstantSource clock;
    private final Supplier<UUID> ids;

    /** @param ids of migrations and commands */
    public MigrationStore(Database database, InstantSource clock, Supplier<UUID> ids) {
        this.jdbi = database.jdbi();
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * Begins a migration: the VM's next epoch, phase REQUESTED, the first intent.
     *
     * @throws ConflictException when the VM is being migrated; the message names that migration
     */
    public MigrationState begin(Vm vm, Name target, Gateway targetGateway) {
        return jdbi.inTransaction(h -> {
            running(h, vm.name()).ifPresent(id -> {
                throw new ConflictException("VM " + vm.name() + " is being migrated already, by migration " + id, "vm");
            });
            Epoch epoch = new Epoch(h.select("""
                    INSERT INTO epochs (vm_uuid, epoch) VALUES (?, 1)
                    ON CONFLICT (vm_uuid) DO UPDATE SET epoch = epoch + 1 RETURNING epoch""", vm.uuid().toString())
                    .mapTo(Long.class).one());
            Plan plan = new Plan(ids.get(), new Plan.Vm(vm.name(), vm.domain(), vm.uuid(), vm.hoa()), vm.host(), target,
                    targetGateway, epoch);
            Event accepted = new Event.Accepted();
            Decision first = Workflow.decide(MigrationState.requested(plan), accepted).orElseThrow();
            long now = now();
            MigrationRow.insert(h, first.state(), now);
            addPhase(h, first.state(), now, "accepted");
            intend(h, plan.id(), first.effects(), now);
            return first.state();
        });
    }

    /**
     * Writes what a decision says: the answer of the effect that led to it, the new state, the phase if it changed, and the
     * intents of the effects to come.
     *
     * @param answered the effect that is known to have ended now
     * @return the intents, to be performed in this order
     */
    public List<Intent> enter(Decision decision, Optional<UUID> answered, Event event, String reason) {
        UUID id = decision.state().plan().id();
        return jdbi.inTransaction(h -> {
            long now = now();
            answered.ifPresent(command -> close(h, command, event, now));
            MigrationRow.update(h, decision.state(), decision.state().phase().isFinal() ? now : null);
            if (decision.row().from() != decision.row().to()) {
                addPhase(h, decision.state(), now, reason);
            }
            return intend(h, id, decision.effects(), now);
        });
    }

    /** Notes what became of an effect that led to nothing. */
    public void close(UUID command, Event event) {
        jdbi.useHandle(h -> close(h, command, event, now()));
    }

    /** Effects that may or may not have been performed when the server stopped. */
    public List<Intent> open(UUID migration) {
        return jdbi.withHandle(h -> h
                .select("SELECT command_id, effect FROM journal WHERE migration = ? AND closed_at_us IS NULL"
                        + " ORDER BY number", migration.toString())
                .map((rs, _) -> new Intent(UUID.fromString(rs.getString(1)), Effect.valueOf(rs.getString(2)))).list());
    }

    /** From now on the inventory says that the VM is at the target. A repeated call changes nothing. */
    public void placeVm(Plan plan, Name host) {
        jdbi.useHandle(h -> h.execute("UPDATE vms SET host = ? WHERE uuid = ?", host.text(),
                plan.vm().uuid().toString()));
    }

    /** Remembers an operator's wish, for the case that the server stops before it is heard. */
    public void requestCancel(UUID migration) {
        jdbi.useHandle(h -> h.execute("UPDATE migrations SET cancel_requested = 1 WHERE id = ?", migration.toString()));
    }

    public List<MigrationRecord> unfinished() {
        return query("WHERE ended_at_us IS NULL ORDER BY created_at_us", Map.of());
    }

    /** Newest first. */
    public List<MigrationRecord> newest(int limit) {
        return query("ORDER BY created_at_us DESC, id LIMIT :limit", Map.of("limit", limit));
    }

    public Optional<MigrationRecord> find(UUID id) {
        return query("WHERE id = :id", Map.of("id", id.toString())).stream().findFirst();
    }

    /** The migration that runs now for a VM. */
    public Optional<UUID> running(Name vm) {
        return jdbi.withHandle(h -> running(h, vm));
    }

    private static Optional<UUID> running(Handle h, Name vm) {
        return h.select("SELECT id FROM migrations WHERE vm = ? AND ended_at_us IS NULL", vm.text()).mapTo(String.class)
                .findOne().map(UUID::fromString);
    }

    private List<MigrationRecord> query(String rest, Map<String, ?> arguments) {
        return jdbi.inTransaction(h -> {
            List<MigrationRow> rows = h.createQuery("SELECT * FROM migrations " + rest).bindMap(arguments)
                    .map((rs, _) -> MigrationRow.read(rs)).list();
            List<MigrationRecord> records = new ArrayList<>();
            for (MigrationRow row : rows) {
                records.add(row.with(phases(h, row.state().plan().id())));
            }
            return records;
        });
    }

    private static List<MigrationRecord.Phase> phases(Handle h, UUID migration) {
        return h.select("SELECT phase, started_at_us, reason FROM phases WHERE migration = ? ORDER BY number",
                migration.toString())
                .map((rs, _) -> new MigrationRecord.Phase(MigrationPhase.valueOf(rs.getString(1)),
                        instant(rs.getLong(2)), rs.getString(3)))
                .list();
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
        h.execute("UPDATE journal SET closed_at_us = ?, event = ? WHERE command_id = ? AND closed_at_us IS NULL", now,
                event.toString(), command.toString());
    }

    private long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    static Instant instant(long microseconds) {
        return Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS);
    }
}
