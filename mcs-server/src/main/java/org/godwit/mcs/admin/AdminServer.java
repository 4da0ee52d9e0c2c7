package org.godwit.mcs.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.godwit.mcs.admin.AdminBodies.CertificateBody;
import org.godwit.mcs.admin.AdminBodies.EnrolmentBody;
import org.godwit.mcs.admin.AdminBodies.GatewayBody;
import org.godwit.mcs.admin.AdminBodies.MappingBody;
import org.godwit.mcs.admin.AdminBodies.PublishedBody;
import org.godwit.mcs.admin.AdminBodies.RestorationBody;
import org.godwit.mcs.admin.AdminBodies.RowsBody;
import org.godwit.mcs.admin.AdminBodies.WriteBody;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.identity.ImsIdentityFile;
import org.godwit.mcs.ims.ImsAdmin;
import org.godwit.mcs.ims.MappingRefusedException;
import org.godwit.mcs.ims.Published;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.rest.Resources;
import org.godwit.protocol.rest.RestJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mapping server's side of the administrative channel. */
public final class AdminServer {

    /** A page of enrolments with two keys of 64 bytes each, and room for what a newer version adds. */
    private static final long BODY_BYTES_MAX = 4L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private interface Answer {
        void to(RoutingContext context) throws IOException, CertificateException;
    }

    private final Executor threads;
    private final ImsAdmin ims;
    private final ImsIdentityFile identity;

    private AdminServer(Executor threads, ImsAdmin ims, ImsIdentityFile identity) {
        this.threads = threads;
        this.ims = ims;
        this.identity = identity;
    }

    /** Listens, and returns when it does. */
    public static HttpListener start(Vertx vertx, InetSocketAddress address, ImsAdmin ims, ImsIdentityFile identity) {
        HttpListener listener = HttpListener.start(vertx, address, identity.options(), "admin",
                threads -> new AdminServer(threads, ims, identity).router(vertx),
                problem -> LOG.warn("refused: action=administer shown=\"{}\"", problem));
        LOG.info("administered at {} port {}", address.getHostString(), listener.port());
        return listener;
    }

    private Router router(Vertx vertx) {
        Router router = Router.router(vertx);
        // Before the body is read: strangers cost no memory.
        router.route().handler(context -> {
            identity.refusal(context.request().connection()).ifPresentOrElse(shown -> {
                LOG.warn("refused: origin={} action=administer shown=\"{}\"",
                        context.request().remoteAddress().hostAddress(), shown);
                refuse(context, 401, "only the control server is heard here");
            }, context::next);
        });
        router.route().handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
        route(router, HttpMethod.GET, "/v1/rows", context -> end(context,
                RowsBody.of(ims.list(Math.toIntExact(parameter(context, "from"))))));
        route(router, HttpMethod.GET, "/v1/changes", context -> ims
                .changes(parameter(context, "boot"), parameter(context, "since"))
                .ifPresentOrElse(rows -> end(context, RowsBody.of(rows)),
                        () -> refuse(context, 410, "the changes since then are not known: read all rows")));
        route(router, HttpMethod.PUT, "/v1/enrolments", context -> {
            ims.adopt(body(context, new TypeReference<List<EnrolmentBody>>() {
            }).stream().map(EnrolmentBody::value)
                    .toList());
            context.response().setStatusCode(204).end();
        });
        route(router, HttpMethod.DELETE, "/v1/enrolments/:hoa", context -> {
            CompletableFuture<Published> published = ims.forget(HomeAddress.of(context.pathParam("hoa")));
            stream(context, Buffer.buffer("{}"), published);
        });
        route(router, HttpMethod.POST, "/v1/mappings", context -> {
            ImsAdmin.Written written = ims.write(body(context, new TypeReference<WriteBody>() {
            }).value());
            stream(context, HttpListener.json(MappingBody.of(written.mapping())), written.published());
        });
        route(router, HttpMethod.PUT, "/v1/mappings", context -> end(context,
                ims.restore(body(context, new TypeReference<List<RestorationBody>>() {
                }).stream()
                        .map(RestorationBody::value).toList()).stream().map(MappingBody::of).toList()));
        route(router, HttpMethod.PUT, "/v1/home-gateways", context -> {
            ims.replaceGateways(body(context, new TypeReference<List<GatewayBody>>() {
            }).stream()
                    .map(GatewayBody::value).toList());
            context.response().setStatusCode(204).end();
        });
        route(router, HttpMethod.PUT, "/v1/certificate", context -> {
            List<X509Certificate> successor = Pem.certificates(body(context, new TypeReference<CertificateBody>() {
            }).chain());
            identity.renew(successor);
            LOG.info("this mapping server's certificate is good until {}",
                    successor.getFirst().getNotAfter().toInstant());
            context.response().setStatusCode(204).end();
        });
        return router;
    }

    private void route(Router router, HttpMethod method, String path, Answer answer) {
        router.route(method, path).handler(context -> threads.execute(() -> {
            try {
                answer.to(context);
            } catch (MappingRefusedException e) {
                refuse(context, 409, e.getMessage());
            } catch (JsonProcessingException | CertificateException | IllegalArgumentException | ArithmeticException
                    | NullPointerException e) {
                LOG.warn("an administrative request was not understood: {} {}", method, path);
                refuse(context, 400, "the request was not understood: is the control server of the same version?");
            } catch (IOException | RuntimeException e) {
                LOG.error("an administrative request failed: {} {}", method, path, e);
                refuse(context, 500, "the mapping server failed: look into its log");
            }
        }));
    }

    /** One line when it is done, and another when it is known who has heard of it. */
    private static void stream(RoutingContext context, Buffer line, CompletableFuture<Published> published) {
        HttpServerResponse response = context.response().setChunked(true);
        response.write(line.appendString("\n"));
        published.thenAccept(it -> response.end(HttpListener.json(PublishedBody.of(it)).appendString("\n")));
    }

    private static void end(RoutingContext context, Object body) {
        context.response().end(HttpListener.json(body));
    }

    private static void refuse(RoutingContext context, int status, String sentence) {
        if (!context.response().ended() && !context.response().closed()) {
            context.response().setStatusCode(status)
                    .end(HttpListener.json(new Resources.Problem("about:blank", "refused", status, sentence, null)));
        }
    }

    private static long parameter(RoutingContext context, String name) {
        return Long.parseLong(context.request().getParam(name));
    }

    private static <T> T body(RoutingContext context, TypeReference<T> type) throws JsonProcessingException {
        return RestJson.strict().readValue(context.body().asString(), type);
    }
}
