package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.workflow.CopyDestination;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.DowntimeBy;
import org.godwit.mcs.workflow.Knowledge;
import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.Silences;
import org.godwit.model.SitePrefix;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.jdbi.v3.core.Handle;

/** One row of {@code migrations}, both ways. */
record MigrationRow(MigrationState state, Instant createdAt, Optional<Instant> admittedAt, Optional<Instant> endedAt,
        boolean cancelRequested) {

    MigrationRecord with(List<MigrationRecord.Phase> phases, List<Finding> findings) {
        return new MigrationRecord(state, createdAt, admittedAt, endedAt, cancelRequested, phases, findings);
    }

    static void insert(Handle h, MigrationState state, long nowUs) {
        Plan plan = state.plan();
        Gateway gateway = plan.targetGateway();
        h.createUpdate(
                """
                        INSERT INTO migrations (id, vm, domain, vm_uuid, hoa, source, target, gateway_link_local, gateway_mac,
                                                gateway_prefix, epoch, strategy, bandwidth_max_mib_s,
                                                downtime_limit_ms, auto_converge, parallel_connections, compression, time_max_ms,
                                                on_stall, rehearsal, created_at_us, phase, changed)
                        VALUES (:id, :vm, :domain, :uuid, :hoa, :source, :target, :linkLocal, :mac, :prefix, :epoch, :strategy,
                                :bandwidth, :downtimeLimit, :autoConverge, :connections, :compression, :timeMax, :onStall, :rehearsal, :now, :phase,
                                :changed)""")
                .bind("id", plan.id().toString()).bind("vm", plan.vm().name().text())
                .bind("domain", plan.vm().domain()).bind("uuid", plan.vm().uuid().toString())
                .bind("hoa", plan.vm().hoa().toString()).bind("source", plan.source().text())
                .bind("target", plan.target().text()).bind("linkLocal", gateway.linkLocal().toString())
                .bind("mac", gateway.mac().toString()).bind("prefix", gateway.prefix().toString())
                .bind("epoch", plan.epoch().number()).bind("strategy", plan.strategy().name())
                .bind("bandwidth", number(plan.options().bandwidthMebibytesPerSecond()))
                .bind("downtimeLimit", number(plan.options().downtimeLimitMs()))
                .bind("autoConverge", plan.options().autoConverge())
                .bind("connections", number(plan.options().parallelConnections()))
                .bind("compression", plan.options().compression().name())
                .bind("timeMax", plan.options().timeMax().map(Duration::toMillis).orElse(null))
                .bind("onStall", plan.options().onStall().name()).bind("rehearsal", plan.rehearsal())
                .bind("now", nowUs)
                .bind("phase", state.phase().name())
                .bind("changed", state.changed()).execute();
        update(h, state, null);
    }

    /** Writes all that changes in the course of a migration. */
    static void update(Handle h, MigrationState state, Long endedAtUs) {
        Knowledge known = state.knowledge();
        Map<String, Object> values = new HashMap<>();
        values.put("ended", endedAtUs);
        values.put("phase", state.phase().name());
        values.put("changed", state.changed());
        values.put("mac", text(known.secondaryMac()));
        values.put("moa", text(known.moa()));
        values.put("linkLocal", text(known.linkLocal()));
        values.put("uri", known.destination().map(CopyDestination::libvirtUri).orElse(null));
        values.put("reachable", known.destination().map(CopyDestination::reachableBridge).orElse(null));
        values.put("idle", known.destination().map(CopyDestination::idleBridge).orElse(null));
        values.put("downtime", known.figures().map(CopyFigures::vmDowntimeMs).orElse(null));
        values.put("downtimeBy", known.figures().map(it -> it.downtimeBy().name()).orElse(null));
        values.put("copy", known.figures().map(CopyFigures::totalMs).orElse(null));
        values.put("bytes", known.figures().map(CopyFigures::bytesTransferred).orElse(null));
        values.put("normal", known.figures().map(CopyFigures::pagesNormal).orElse(null));
        values.put("constant", known.figures().map(CopyFigures::pagesConstant).orElse(null));
        values.put("iterations", known.figures().map(CopyFigures::iterations).orElse(null));
        values.put("dirty", known.figures().map(CopyFigures::pagesDirty).orElse(null));
        values.put("throttle", known.figures().map(CopyFigures::throttlePercent).orElse(null));
        values.put("rate",
                known.figures().map(CopyFigures::bytesPerSecond).filter(it -> it > 0).orElse(null));
        values.put("requests", known.figures().map(CopyFigures::postCopyRequests).orElse(null));
        values.put("silenceOut", microseconds(known.silences().vmToPeer()));
        values.put("silenceIn", microseconds(known.silences().peerToVm()));
        values.put("offCode", known.calledOff().map(MigrationFailure::code).orElse(null));
        values.put("offMessage", known.calledOff().map(MigrationFailure::message).orElse(null));
        values.put("code", known.failure().map(MigrationFailure::code).orElse(null));
        values.put("message", known.failure().map(MigrationFailure::message).orElse(null));
        values.put("attempts", known.attempts());
        values.put("overdue", known.overdue());
        values.put("id", state.plan().id().toString());
        values.put("epoch", state.plan().epoch().number());
        int changed = h
                .createUpdate(
                        """
                                UPDATE migrations SET ended_at_us = :ended, phase = :phase, changed = :changed, secondary_mac = :mac,
                                    moa = :moa, link_local = :linkLocal, libvirt_uri = :uri, reachable_bridge = :reachable,
                                    idle_bridge = :idle, vm_downtime_ms = :downtime, downtime_by = :downtimeBy, copy_ms = :copy, bytes_transferred = :bytes,
                                    pages_normal = :normal, pages_constant = :constant, iterations = :iterations,
                                    postcopy_requests = :requests, pages_dirty = :dirty,
                                    throttle_percent = :throttle, bytes_per_second = :rate, silence_vm_to_peer_us = :silenceOut,
                                    silence_peer_to_vm_us = :silenceIn, called_off_code = :offCode, called_off_message = :offMessage,
                                    failure_code = :code, failure_message = :message, attempts = :attempts, overdue = :overdue
                                WHERE id = :id AND epoch = :epoch AND ended_at_us IS NULL""")
                .bindMap(values).execute();
        if (changed != 1) {
            TakenOverException.check(h, state.plan());
            throw new IllegalStateException("migration " + state.plan().id() + " has ended already");
        }
    }

    static MigrationRow read(ResultSet rs) throws SQLException {
        Plan.Vm vm = new Plan.Vm(Name.of(rs.getString("vm")), rs.getString("domain"),
                UUID.fromString(rs.getString("vm_uuid")), HomeAddress.of(rs.getString("hoa")));
        Gateway gateway = new Gateway(LinkLocalAddress.of(rs.getString("gateway_link_local")),
                MacAddress.of(rs.getString("gateway_mac")), SitePrefix.of(rs.getString("gateway_prefix")));
        Plan plan = new Plan(UUID.fromString(rs.getString("id")), vm, Name.of(rs.getString("source")),
                Name.of(rs.getString("target")), gateway, new Epoch(rs.getLong("epoch")),
                Strategy.valueOf(rs.getString("strategy")), options(rs), rs.getBoolean("rehearsal"));
        MigrationState state = new MigrationState(plan, MigrationPhase.valueOf(rs.getString("phase")),
                rs.getBoolean("changed"), knowledge(rs));
        return new MigrationRow(state, MigrationStore.instant(rs.getLong("created_at_us")),
                instant(rs, "admitted_at_us"), instant(rs, "ended_at_us"), rs.getBoolean("cancel_requested"));
    }

    private static CopyOptions options(ResultSet rs) throws SQLException {
        long timeMax = rs.getLong("time_max_ms");
        Optional<Duration> limit = rs.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(timeMax));
        return new CopyOptions(number(rs, "bandwidth_max_mib_s"), number(rs, "downtime_limit_ms"),
                rs.getBoolean("auto_converge"), number(rs, "parallel_connections"),
                Compression.valueOf(rs.getString("compression")), limit,
                StallAction.valueOf(rs.getString("on_stall")));
    }

    private static OptionalInt number(ResultSet rs, String column) throws SQLException {
        int number = rs.getInt(column);
        return rs.wasNull() ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static Integer number(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }

    private static Optional<Instant> instant(ResultSet rs, String column) throws SQLException {
        long microseconds = rs.getLong(column);
        return rs.wasNull() ? Optional.empty() : Optional.of(MigrationStore.instant(microseconds));
    }

    private static Knowledge knowledge(ResultSet rs) throws SQLException {
        String uri = rs.getString("libvirt_uri");
        Optional<CopyDestination> destination = uri == null
                ? Optional.empty()
                : Optional.of(new CopyDestination(uri, rs.getString("reachable_bridge"), rs.getString("idle_bridge")));
        return new Knowledge(Optional.ofNullable(rs.getString("secondary_mac")).map(MacAddress::of),
                Optional.ofNullable(rs.getString("moa")).map(MobileAddress::of),
                Optional.ofNullable(rs.getString("link_local")).map(LinkLocalAddress::of), destination, figures(rs),
                new Silences(silence(rs, "silence_vm_to_peer_us"), silence(rs, "silence_peer_to_vm_us")),
                failure(rs, "called_off"), failure(rs, "failure"), rs.getInt("attempts"), rs.getBoolean("overdue"));
    }

    private static Long microseconds(Optional<Duration> silence) {
        return silence.map(TimeUnit.MICROSECONDS::convert).orElse(null);
    }

    private static Optional<Duration> silence(ResultSet rs, String column) throws SQLException {
        long microseconds = rs.getLong(column);
        return rs.wasNull() ? Optional.empty() : Optional.of(Duration.of(microseconds, ChronoUnit.MICROS));
    }

    private static Optional<MigrationFailure> failure(ResultSet rs, String columns) throws SQLException {
        String code = rs.getString(columns + "_code");
        return code == null
                ? Optional.empty()
                : Optional.of(new MigrationFailure(code, rs.getString(columns + "_message")));
    }

    private static Optional<CopyFigures> figures(ResultSet rs) throws SQLException {
        long downtime = rs.getLong("vm_downtime_ms");
        if (rs.wasNull()) {
            return Optional.empty();
        }
        return Optional.of(new CopyFigures(downtime, DowntimeBy.valueOf(rs.getString("downtime_by")),
                rs.getLong("copy_ms"), rs.getLong("bytes_transferred"), rs.getLong("pages_normal"),
                rs.getLong("pages_constant"), rs.getInt("iterations"),
                rs.getLong("postcopy_requests"), rs.getLong("pages_dirty"), rs.getInt("throttle_percent"),
                rs.getLong("bytes_per_second")));
    }

    private static String text(Optional<?> value) {
        return value.map(Object::toString).orElse(null);
    }
}
