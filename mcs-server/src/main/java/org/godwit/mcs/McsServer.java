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
import org.godwit.mcs.http.EventLoops;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.identity.ImsIdentities;
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
import org.godwit.mcs.runner.Threads;
import org.godwit.mcs.store.AuditStore;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.HostIdentityStore;
import org.godwit.mcs.store.ImsIdentityStore;
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
            Vertx vertx = part(new EventLoops()).vertx();
            ServerStatus status = new ServerStatus(database, nanoTicker);
            InventoryStore inventory = new InventoryStore(database, clock);
            AgentSessions agents = part(new AgentSessions(AGENT_PATIENCE, nanoTicker));
            status.show(agents);
            CertificateAuthority authority = CertificateAuthority.open(configuration.data(), clock);
            HostIdentities hosts = new HostIdentities(authority, new HostIdentityStore(database), clock,
                    HostIdentities.CERTIFICATE_LIFE);
            HostAccess access = new HostAccess(inventory, hosts, agents);
            Identities who = identities(configuration, authority, database, clock, access);
            hear(agents, inventory, new LoneDeeds(new LoneDeedStore(database), clock), who.audit());
            Ims ims = configuration.imsAdmin().isPresent()
                    ? imsElsewhere(configuration, database, who.ims(), status, clock)
                    : imsInside(configuration, database, status, new Clocks(clock, nanoTicker));
            HomeNetwork network = new HomeNetwork(configuration.hoaSpace(), configuration.imsAdvertised(), ims.port());
            Guests guests = new Guests(database, inventory, new MigrationStore(database, clock, UUID::randomUUID),
                    agents, ims.mappings(), network, REGISTRATION_PATIENCE);
            agents.whenConnected(host -> {
                access.tellRevocations(host);
                guests.refresh(host);
            });
            Migrations migrations = part(
                    new Migrations(database, agents, ims.mappings(), network, configuration.limits(),
                            configuration.concurrency(), part(new Threads()), clock, takenOver));
            status.show(migrations);
            AgentServer door = part(AgentServer.start(configuration.agents().address(), who.tls(),
                    new AgentServer.House(agents, hosts, inventory, who.audit()), AgentServer.LEASE));
            agentsPort = door.port();
            status.show(door);
            restPort = part(RestServer.start(vertx, configuration.rest().address(),
                    new RestServer.House(database, who, inventory, agents, ims.mappings(), guests, migrations,
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

    private Identities identities(McsConfiguration configuration, CertificateAuthority authority, Database database,
            InstantSource clock, HostAccess hosts) {
        ServerTls tls = new ServerTls(authority, ServerNames.of(configuration.names(),
                List.of(configuration.rest().address(), configuration.agents().address())), clock);
        OperatorTokens tokens = new OperatorTokens(authority.fingerprint(), new OperatorTokenStore(database), clock);
        tokens.ensureAdmin(configuration.data());
        Audit audit = part(Audit.open(authority, new AuditStore(database), configuration.data(), clock));
        return new Identities(authority, tls, hosts, tokens,
                new ImsIdentities(authority, new ImsIdentityStore(database), clock), audit);
    }

    private static void hear(AgentSessions agents, InventoryStore inventory, LoneDeeds deeds, Audit audit) {
        agents.onPresence(inventory::notePresence);
        agents.onDeeds(deeds);
        agents.whenRefused((host, said) -> Thread
                .startVirtualThread(() -> audit.refused("host:" + host, "-", "statement", said)));
    }

    /** The mapping server, and the port that guests and peers find it at. */
    private record Ims(AddressMappings mappings, int port) {}

    private Ims imsInside(McsConfiguration configuration, Database database, ServerStatus status, Clocks clocks) {
        ImsServer inside = part(ImsServer.start(configuration.ims().address(), new SqliteMappingStore(database),
                ImsPolicy.DEFAULT.withRegistrations(configuration.registrations()), clocks));
        inside.replaceGateways(configuration.homeGateways());
        status.show(inside);
        return new Ims(inside, inside.address().getPort());
    }

    private Ims imsElsewhere(McsConfiguration configuration, Database database, ImsIdentities identities,
            ServerStatus status, InstantSource clock) {
        AdminClient client = part(new AdminClient(configuration.imsAdmin().orElseThrow().address(), identities));
        RemoteMappings elsewhere = part(RemoteMappings.start(client, new SqliteMappingStore(database),
                configuration.homeGateways(), clock));
        status.show(elsewhere);
        return new Ims(elsewhere, configuration.ims().address().getPort());
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
