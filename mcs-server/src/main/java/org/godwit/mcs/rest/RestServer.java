package org.godwit.mcs.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
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
import org.godwit.protocol.rest.RestJson;

/** The routes of the REST API. */
public final class RestServer {

    private static final long BODY_BYTES_MAX = 64 * 1024;

    /** Answers a request; may block. */
    private interface Answer {
        Reply to(RoutingContext context) throws JsonProcessingException;
    }

    /** Answers a request that has a body; may block. */
    private interface BodyAnswer<T> {
        Reply to(T body);
    }

    private final Executor threads;

    private RestServer(Executor threads) {
        this.threads = threads;
    }

    /** Listens, and returns when it does. */
    public static HttpListener start(Vertx vertx, InetSocketAddress address, InventoryStore inventory, Agents agents,
            AddressMappings mappings, Guests guests, Migrations migrations) {
        InventoryResources things = new InventoryResources(inventory, agents, mappings, guests, migrations);
        return HttpListener.start(vertx, address, "rest",
                threads -> new RestServer(threads).router(vertx, things, new MigrationResources(migrations)));
    }

    private Router router(Vertx vertx, InventoryResources inventory, MigrationResources migrations) {
        Router router = Router.router(vertx);
        router.route().handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
        get(router, "/v1/health", _ -> Reply.ok(Map.of("status", "up")));

        get(router, "/v1/sites", _ -> inventory.sites());
        post(router, "/v1/sites", Resources.Site.class, inventory::addSite);
        get(router, "/v1/sites/:name", c -> inventory.site(c.pathParam("name")));
        delete(router, "/v1/sites/:name", c -> inventory.removeSite(c.pathParam("name")));

        get(router, "/v1/gateways", _ -> inventory.gateways());
        post(router, "/v1/gateways", Resources.Gateway.class, inventory::addGateway);
        get(router, "/v1/gateways/:site", c -> inventory.gateway(c.pathParam("site")));
        delete(router, "/v1/gateways/:site", c -> inventory.removeGateway(c.pathParam("site")));

        get(router, "/v1/hosts", _ -> inventory.hosts());
        post(router, "/v1/hosts", Resources.Host.class, inventory::addHost);
        get(router, "/v1/hosts/:name", c -> inventory.host(c.pathParam("name")));
        delete(router, "/v1/hosts/:name", c -> inventory.removeHost(c.pathParam("name")));

        get(router, "/v1/vms", _ -> inventory.vms());
        post(router, "/v1/vms", Resources.Vm.class, inventory::addVm);
        get(router, "/v1/vms/:name", c -> inventory.vm(c.pathParam("name")));
        delete(router, "/v1/vms/:name", c -> inventory.removeVm(c.pathParam("name")));
        route(router, HttpMethod.POST, "/v1/vms/:name/key", c -> inventory.rotateVmKey(c.pathParam("name")));
        delete(router, "/v1/vms/:name/key", c -> inventory.revokeVmKey(c.pathParam("name")));

        get(router, "/v1/peers", _ -> inventory.peers());
        post(router, "/v1/peers", Resources.Peer.class, inventory::addPeer);
        get(router, "/v1/peers/:name", c -> inventory.peer(c.pathParam("name")));
        delete(router, "/v1/peers/:name", c -> inventory.removePeer(c.pathParam("name")));
        route(router, HttpMethod.POST, "/v1/peers/:name/key", c -> inventory.rotatePeerKey(c.pathParam("name")));
        delete(router, "/v1/peers/:name/key", c -> inventory.revokePeerKey(c.pathParam("name")));

        get(router, "/v1/bindings", _ -> inventory.bindings());

        get(router, "/v1/migrations", _ -> migrations.list());
        post(router, "/v1/migrations", Resources.MigrationRequest.class, migrations::begin);
        get(router, "/v1/migrations/:id", c -> migrations.get(c.pathParam("id")));
        route(router, HttpMethod.POST, "/v1/migrations/:id/cancel", c -> migrations.cancel(c.pathParam("id")));

        problem(router, 404, "there is no such resource");
        problem(router, 405, "this resource does not do that");
        problem(router, 413, "the body is longer than " + BODY_BYTES_MAX + " bytes");
        problem(router, 500, "the server failed: look into its log");
        return router;
    }

    private void get(Router router, String path, Answer answer) {
        route(router, HttpMethod.GET, path, answer);
    }

    private void delete(Router router, String path, Answer answer) {
        route(router, HttpMethod.DELETE, path, answer);
    }

    private <T> void post(Router router, String path, Class<T> type, BodyAnswer<T> answer) {
        route(router, HttpMethod.POST, path, context -> {
            String body = context.body().asString();
            T value = RestJson.strict().readValue(body == null ? "" : body, type);
            return value == null ? refused(400, "the body is empty") : answer.to(value);
        });
    }

    private void route(Router router, HttpMethod method, String path, Answer answer) {
        router.route(method, path).handler(context -> threads.execute(() -> {
            Reply reply;
            try {
                reply = answer.to(context);
            } catch (JsonProcessingException | RuntimeException e) {
                Resources.Problem problem = Problems.of(e);
                reply = Reply.of(problem.status(), problem);
            }
            send(context, reply);
        }));
    }

    private static void problem(Router router, int status, String sentence) {
        router.errorHandler(status, context -> send(context, refused(status, sentence)));
    }

    private static Reply refused(int status, String sentence) {
        return Reply.of(status, Problems.problem(status, sentence, null));
    }

    private static void send(RoutingContext context, Reply reply) {
        Buffer body = reply.body() == null ? Buffer.buffer() : HttpListener.json(reply.body());
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(reply.status());
        reply.location().ifPresent(location -> response.putHeader("Location", location));
        if (reply.body() != null) {
            response.putHeader("Content-Type",
                    reply.body() instanceof Resources.Problem ? "application/problem+json" : "application/json");
        }
        response.end(body);
    }
}
