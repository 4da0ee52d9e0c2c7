package org.godwit.mcs;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.godwit.mcs.admin.AdminClient;
import org.godwit.mcs.agents.AgentServer;
import org.godwit.mcs.agents.AgentSessions;
import org.godwit.mcs.agents.HostAccess;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.identity.OperatorTokens;
import org.godwit.mcs.identity.ServerNames;
import org.godwit.mcs.identity.ServerTls;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.RemoteMappings;
import org.godwit.mcs.operation.Downloads;
import org.godwit.mcs.operation.ServerStatus;
import org.godwit.mcs.rest.Identities;
import org.godwit.mcs.rest.RestServer;
import org.godwit.mcs.runner.Guests;
import org.godwit.mcs.runner.HomeNetwork;
import org.godwit.mcs.runner.LoneDeeds;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.mcs.runner.Threads;
import org.godwit.mcs.store.AuditStore;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.HostIdentityStore;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.LoneDeedStore;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.store.OperatorTokenStore;
import org.godwit.mcs.store.SqliteMappingStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server: all its parts, put together by hand. Closing it leaves unfinished migrations for the next start. */
final class McsServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(McsServer.class);

    /** An agent that is away for longer has its commands given up; a copy that it ran is asked for at both hypervisors. */
    private static final Duration AGENT_PATIENCE = Duration.ofSeconds(30);
    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(20);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final int restPort;
    private final int agentsPort;
    private final int statusPort;

    /**
     * Starts everything, or nothing.
     *
     * @param takenOver called when another server works on the same database: this one is to be closed
     */
    McsServer(McsConfiguration configuration, InstantSource clock, LongSupplier nanoTicker, Runnable takenOver) {
        try {
            Database database = part(Database.open(configuration.data()));
            ServerStatus status = new ServerStatus(database, nanoTicker);
            Vertx vertx = part(new SharedVertx()).vertx();
            SqliteMappingStore store = new SqliteMappingStore(database);
            AddressMappings ims;
            int imsPort;
            if (configuration.imsElsewhere().isPresent()) {
                RemoteMappings elsewhere = elsewhere(configuration, store, clock);
                status.show(elsewhere);
                ims = elsewhere;
                imsPort = configuration.ims().address().getPort();
            } else {
                ImsServer inside = part(ImsServer.start(configuration.ims().address(), store, ImsPolicy.DEFAULT,
                        new Clocks(clock, nanoTicker)));
                inside.replaceGateways(configuration.homeGateways());
                status.show(inside);
                ims = inside;
                imsPort = inside.address().getPort();
            }
            HomeNetwork network = new HomeNetwork(configuration.hoaSpace(), configuration.imsAdvertised(), imsPort);
            InventoryStore inventory = new InventoryStore(database, clock);
            AgentSessions agents = part(new AgentSessions(AGENT_PATIENCE));
            Guests guests = new Guests(database, inventory, new MigrationStore(database, clock, UUID::randomUUID),
                    agents, ims,
                    network, REGISTRATION_PATIENCE);
            agents.whenConnected(guests::refresh);
            agents.onPresence(inventory::notePresence);
            agents.onDeeds(new LoneDeeds(new LoneDeedStore(database), clock));
            Migrations migrations = part(
                    new Migrations(database, agents, ims, network, StepLimits.DEFAULT,
                            configuration.concurrency(), part(new Threads()), clock, takenOver));
            status.show(agents);
            status.show(migrations);
            CertificateAuthority authority = CertificateAuthority.open(configuration.data(), clock);
            ServerTls tls = new ServerTls(authority, ServerNames.of(configuration.names(),
                    List.of(configuration.rest().address(), configuration.agents().address())), clock);
            HostIdentities identities = new HostIdentities(authority, new HostIdentityStore(database), clock,
                    HostIdentities.CERTIFICATE_LIFE);
            Audit audit = part(Audit.open(authority, new AuditStore(database), configuration.data(), clock));
            agents.whenRefused((host, said) -> Thread
                    .startVirtualThread(() -> audit.refused("host:" + host, "-", "statement", said)));
            OperatorTokens tokens = new OperatorTokens(authority.fingerprint(), new OperatorTokenStore(database),
                    clock);
            tokens.ensureAdmin(configuration.data());
            agentsPort = part(AgentServer.start(vertx, configuration.agents().address(), tls, agents, identities,
                    inventory, audit, AgentServer.LEASE)).port();
            Identities who = new Identities(authority, tls, new HostAccess(inventory, identities, agents), tokens,
                    audit);
            restPort = part(RestServer.start(vertx, configuration.rest().address(),
                    new RestServer.House(database, who, inventory, agents, ims, guests, migrations,
                            new Downloads(configuration.data(), clock), clock)))
                    .port();
            statusPort = part(status.serve(configuration.status().address(), vertx)).port();
            // Not before: a second server that finds its ports taken must leave the first one alone.
            migrations.resume();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        LOG.info("listens: rest={} agents={} ims={} status={} data={}", restPort, agentsPort, configuration.ims(),
                statusPort, configuration.data());
    }

    int restPort() {
        return restPort;
    }

    int agentsPort() {
        return agentsPort;
    }

    int statusPort() {
        return statusPort;
    }

    private RemoteMappings elsewhere(McsConfiguration configuration, SqliteMappingStore store, InstantSource clock) {
        McsConfiguration.ImsElsewhere place = configuration.imsElsewhere().orElseThrow();
        AdminClient client = part(new AdminClient(place.admin().address(), place.token()));
        return part(RemoteMappings.start(client, store, configuration.homeGateways(), clock));
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    /** The newest part first; one that fails does not keep the others. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close", part.getClass().getSimpleName(), e);
            }
        }
    }
}
