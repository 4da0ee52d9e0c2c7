package org.godwit.mcs.rest;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Executor;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.runner.Guests;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.protocol.rest.Resources;

/** The routes of the REST API. What each of them takes and answers stands in {@code openapi.yaml}; a test compares. */
public final class RestServer {

    private RestServer() {}

    /** Listens, and returns when it does. */
    public static HttpListener start(Vertx vertx, InetSocketAddress address, InventoryStore inventory, Agents agents,
            AddressMappings mappings, Guests guests, Migrations migrations) {
        InventoryResources things = new InventoryResources(inventory, agents, mappings, guests, migrations);
        return HttpListener.start(vertx, address, "rest",
                threads -> router(vertx, threads, things, new MigrationResources(migrations)));
    }

    static Router router(Vertx vertx, Executor threads, InventoryResources inventory, MigrationResources migrations) {
        Contract contract = new Contract();
        return new Routes(vertx, threads) //
                .get("/v1/health", _ -> Reply.ok(Map.of("status", "up")))
                .get("/v1/openapi.json", contract::json)
                .get("/v1/openapi.yaml", contract::yaml)
                .get("/v1/docs", contract::page)
                .get("/v1/docs/:file", contract::part)

                .get("/v1/sites", inventory::sites)
                .post("/v1/sites", Resources.Site.class, inventory::addSite)
                .get("/v1/sites/:name", inventory::site)
                .delete("/v1/sites/:name", inventory::removeSite)

                .get("/v1/gateways", inventory::gateways)
                .post("/v1/gateways", Resources.Gateway.class, inventory::addGateway)
                .get("/v1/gateways/:site", inventory::gateway)
                .delete("/v1/gateways/:site", inventory::removeGateway)

                .get("/v1/hosts", inventory::hosts)
                .post("/v1/hosts", Resources.NewHost.class, inventory::addHost)
                .get("/v1/hosts/:name", inventory::host)
                .delete("/v1/hosts/:name", inventory::removeHost)

                .get("/v1/vms", inventory::vms)
                .post("/v1/vms", Resources.NewVm.class, inventory::addVm)
                .get("/v1/vms/:name", inventory::vm)
                .delete("/v1/vms/:name", inventory::removeVm)
                .post("/v1/vms/:name/key", inventory::rotateVmKey)
                .delete("/v1/vms/:name/key", inventory::revokeVmKey)

                .get("/v1/peers", inventory::peers)
                .post("/v1/peers", Resources.NewPeer.class, inventory::addPeer)
                .get("/v1/peers/:name", inventory::peer)
                .delete("/v1/peers/:name", inventory::removePeer)
                .post("/v1/peers/:name/key", inventory::rotatePeerKey)
                .delete("/v1/peers/:name/key", inventory::revokePeerKey)

                .get("/v1/bindings", inventory::bindings)

                .get("/v1/migrations", migrations::list)
                .post("/v1/migrations", Resources.MigrationRequest.class, migrations::begin)
                .get("/v1/migrations/:id", migrations::get)
                .post("/v1/migrations/:id/cancel", migrations::cancel)
                .router();
    }
}
