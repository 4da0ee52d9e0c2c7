package org.godwit.mcs.operation;

import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.godwit.mcs.agents.AgentServer;
import org.godwit.mcs.agents.AgentSessions;
import org.godwit.mcs.ims.ImsCounter;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.RemoteMappings;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.StoreCounts;
import org.godwit.operation.metrics.Metrics;
import org.godwit.operation.status.Check;
import org.godwit.operation.status.StatusServer;

/** What a server shows of itself: each part adds its own, then it is served. */
public final class ServerStatus {

    private final Metrics metrics = new Metrics().withJvm();
    private final List<Check> ready = new ArrayList<>();
    private final Database database;

    /** Begins with the database, which every server has. */
    public ServerStatus(Database database, LongSupplier nanoTicker) {
        this.database = database;
        ready.add(Health.store(database));
        metrics.with(StoreMetric.STATEMENT_SECONDS, StoreMetric.COMMIT_SECONDS).ask(StoreMetric.BYTES,
                values -> values.are(database.bytes()));
        database.timed(nanoTicker, took -> metrics.observe(StoreMetric.STATEMENT_SECONDS, took),
                took -> metrics.observe(StoreMetric.COMMIT_SECONDS, took));
    }

    /** A mapping server in this process. */
    public void show(ImsServer inside) {
        metrics.ask(ImsMetric.EVENTS, values -> {
            for (ImsCounter counter : ImsCounter.values()) {
                values.are(inside.counters().get(counter), counter.name().toLowerCase(Locale.ROOT));
            }
        });
    }

    /** A mapping server in another process, which shows itself. */
    public void show(RemoteMappings elsewhere) {
        ready.add(Health.mappings(elsewhere::isThere));
    }

    public void show(AgentSessions agents) {
        metrics.ask(McsMetric.AGENTS_CONNECTED, values -> values.are(agents.connected()))
                .ask(McsMetric.COMMANDS_PENDING, values -> values.are(agents.pending()));
    }

    public void show(AgentServer door) {
        metrics.ask(McsMetric.AGENTS_WAITING, values -> values.are(door.waiting()));
    }

    public void show(Migrations migrations) {
        migrations.observe(new MigrationMetrics(metrics));
        StoreCounts counts = new StoreCounts(database);
        metrics.ask(McsMetric.MIGRATIONS_RUNNING,
                values -> counts.runningByPhase()
                        .forEach((phase, number) -> values.are(number, MigrationMetrics.word(phase))))
                .ask(McsMetric.HOSTS, values -> values.are(counts.hosts()))
                .ask(McsMetric.VMS, values -> values.are(counts.vms()))
                .ask(McsMetric.JOURNAL_OPEN, values -> values.are(counts.journalOpen()));
    }

    /** Listens, and returns when it does. */
    public StatusServer serve(InetSocketAddress address, Vertx vertx) {
        return StatusServer.start(address, metrics, List.of(Health.connections(vertx)), ready);
    }
}
