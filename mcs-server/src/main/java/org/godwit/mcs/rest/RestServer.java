package org.godwit.mcs.rest;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executor;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.operation.Downloads;
import org.godwit.mcs.runner.Guests;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.store.CreationStore;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.protocol.rest.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of the REST API. What each of them takes and answers stands in {@code openapi.yaml}; a test compares. */
public final class RestServer {

    private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);

    private RestServer() {}

    /** What the API stands on. */
    public record House(Database database, Identities identities, InventoryStore inventory, Agents agents,
            AddressMappings mappings,
            Guests guests, Migrations migrations, Downloads downloads, InstantSource clock) {}

    /** Listens, and returns when it does. */
    public static HttpListener start(Vertx vertx, InetSocketAddress address, House house) {
        Identities identities = house.identities();
        Creations creations = new Creations(new CreationStore(house.database(), house.clock()));
        InventoryResources inventory = new InventoryResources(house.inventory(), identities.hosts(), house.agents(),
                house.mappings(), house.guests(), house.migrations());
        return HttpListener.start(vertx, address, identities.tls().options(), "rest",
                threads -> router(new Routes(vertx, threads, creations, gate(vertx, threads, identities)),
                        new IdentityResources(identities), inventory, new MigrationResources(house.migrations()),
                        events(vertx, threads, house),
                        new BackupResources(house.downloads())),
                problem -> LOG.debug("a client does not like this server's certificate, or speaks no TLS: {}",
                        problem));
    }

    private static Gate gate(Vertx vertx, Executor threads, Identities identities) {
        return new Gate(identities.tokens(), identities.audit(),
                new StreamLeases(vertx, identities.tokens(), identities.audit(), threads));
    }

    private static EventResources events(Vertx vertx, Executor threads, House house) {
        return new EventResources(house.database().events(),
                new EventStreams(vertx, house.database().events(), threads, EventStreams.HEARTBEAT),
                house.migrations());
    }

    static Router router(Routes routes, IdentityResources identity, InventoryResources inventory,
            MigrationResources migrations, EventResources events, BackupResources backups) {
        Contract contract = new Contract();
        Console console = new Console();
        return routes //
                .get("/", console::front)
                .get("/v1/console", console::page)
                .get("/v1/console/:file", console::part)
                .get("/v1/health", _ -> Reply.ok(Map.of("status", "up")))
                .get("/v1/openapi.json", contract::json)
                .get("/v1/openapi.yaml", contract::yaml)
                .get("/v1/docs", contract::page)
                .get("/v1/docs/:file", contract::part)

                .get("/v1/sites", inventory::sites, "limit", "cursor")
                .create("/v1/sites", Resources.Site.class, inventory::addSite)
                .get("/v1/sites/:name", inventory::site)
                .delete("/v1/sites/:name", inventory::removeSite)

                .get("/v1/gateways", inventory::gateways, "limit", "cursor")
                .create("/v1/gateways", Resources.Gateway.class, inventory::addGateway)
                .get("/v1/gateways/:site", inventory::gateway)
                .put("/v1/gateways/:site", Resources.Gateway.class, inventory::replaceGateway)
                .delete("/v1/gateways/:site", inventory::removeGateway)

                .get("/v1/hosts", inventory::hosts, "site", "limit", "cursor")
                .create("/v1/hosts", Resources.NewHost.class, inventory::addHost)
                .get("/v1/hosts/:name", inventory::host)
                .delete("/v1/hosts/:name", inventory::removeHost)
                .post("/v1/hosts/:name/token", inventory::newHostToken)
                .delete("/v1/hosts/:name/certificates", inventory::revokeHost)

                .get("/v1/vms", inventory::vms, "host", "limit", "cursor")
                .create("/v1/vms", Resources.NewVm.class, inventory::addVm)
                .get("/v1/vms/:name", inventory::vm)
                .delete("/v1/vms/:name", inventory::removeVm)
                .post("/v1/vms/:name/key", inventory::rotateVmKey)
                .delete("/v1/vms/:name/key", inventory::revokeVmKey)

                .get("/v1/peers", inventory::peers, "limit", "cursor")
                .create("/v1/peers", Resources.NewPeer.class, inventory::addPeer)
                .get("/v1/peers/:name", inventory::peer)
                .delete("/v1/peers/:name", inventory::removePeer)
                .post("/v1/peers/:name/key", inventory::rotatePeerKey)
                .delete("/v1/peers/:name/key", inventory::revokePeerKey)

                .get("/v1/bindings", inventory::bindings, "limit", "cursor")

                .get("/v1/migrations", migrations::list, "vm", "host", "phase", "outcome", "limit", "cursor")
                .create("/v1/migrations", Resources.MigrationRequest.class, migrations::begin,
                        MigrationResources.DRY_RUN, MigrationResources.REHEARSE)
                .get("/v1/migrations/:id", migrations::get)
                .get("/v1/migrations/:id/report", migrations::report)
                .get("/v1/migrations/:id/events", events::ofMigration, "after")
                .post("/v1/migrations/:id/cancel", migrations::cancel)
                .post("/v1/migrations/:id/abandon", migrations::abandon)

                .get("/v1/authority", identity::authority)
                .put("/v1/mapping-server/certificate", Resources.NewMappingServer.class, identity::enrolMappingServer)
                .get("/v1/tokens", identity::tokens)
                .create("/v1/tokens", Resources.NewToken.class, identity::addToken)
                .delete("/v1/tokens/:name", identity::revokeToken)
                .get("/v1/audit", identity::audit, "number", "limit")
                .get("/v1/audit/head", identity::auditHead)

                .post("/v1/backup", backups::make)

                .get("/v1/events", events::all, "kind", "subject", "vm", "after", "limit", "cursor")
                .router();
    }
}
