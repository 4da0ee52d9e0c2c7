package org.godwit.mcs.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.godwit.mcs.admin.AdminBodies.CertificateBody;
import org.godwit.mcs.admin.AdminBodies.EnrolmentBody;
import org.godwit.mcs.admin.AdminBodies.GatewayBody;
import org.godwit.mcs.admin.AdminBodies.MappingBody;
import org.godwit.mcs.admin.AdminBodies.PublishedBody;
import org.godwit.mcs.admin.AdminBodies.RestorationBody;
import org.godwit.mcs.admin.AdminBodies.RowsBody;
import org.godwit.mcs.admin.AdminBodies.WriteBody;
import org.godwit.mcs.identity.ImsIdentities;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.ImsAdmin;
import org.godwit.mcs.ims.ImsUnreachableException;
import org.godwit.mcs.ims.MappingRefusal;
import org.godwit.mcs.ims.MappingRefusedException;
import org.godwit.mcs.ims.Published;
import org.godwit.mcs.ims.Write;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.rest.Resources;
import org.godwit.protocol.rest.RestJson;

/**
 * The control server's side of the administrative channel. Every method throws {@link ImsUnreachableException} when there is no
 * answer in time, or one that is no mapping server's.
 */
public final class AdminClient implements ImsAdmin, AutoCloseable {

    private static final Duration PUBLICATION_LIMIT = Duration.ofSeconds(30);
    private static final Published NOBODY = new Published(Set.of(), Set.of());
    private static final int GONE = 410;
    private static final int CONFLICT = 409;

    private final String server;
    private final ImsIdentities identities;
    private final Limits limits;
    private Connections connections;

    /** Those of an edition have proven what is good in it. */
    private record Connections(long edition, HttpClient http) {}

    /** @param connect until both sides believe each other; {@code answer} until its end or, where its last line
     * may take its time, until its first */
    record Limits(Duration connect, Duration answer) {

        static final Limits DEFAULT = new Limits(Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    public AdminClient(InetSocketAddress address, ImsIdentities identities) {
        this(address, identities, Limits.DEFAULT);
    }

    AdminClient(InetSocketAddress address, ImsIdentities identities, Limits limits) {
        String host = address.getAddress().getHostAddress();
        this.server = "https://" + (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":"
                + address.getPort();
        this.identities = identities;
        this.limits = limits;
        this.connections = connect();
    }

    private Connections connect() {
        long edition = identities.edition();
        return new Connections(edition, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .sslContext(identities.context()).connectTimeout(limits.connect()).build());
    }

    private synchronized HttpClient http() {
        if (connections.edition() != identities.edition()) {
            // What was asked before may still be answered.
            connections.http().shutdown();
            connections = connect();
        }
        return connections.http();
    }

    @Override
    public Rows list(int from) {
        return read(text("GET", "/v1/rows?from=" + from, null), new TypeReference<RowsBody>() {
        }).value();
    }

    @Override
    public Optional<Rows> changes(long boot, long since) {
        HttpResponse<String> response = send("GET", "/v1/changes?boot=" + boot + "&since=" + since, null,
                BodyHandlers.ofString());
        response.sslSession().ifPresent(this::renew);
        return response.statusCode() == GONE
                ? Optional.empty()
                : Optional.of(read(checked(response, response.body()), new TypeReference<RowsBody>() {
                }).value());
    }

    private void renew(SSLSession session) {
        try {
            identities.successor((X509Certificate) session.getPeerCertificates()[0]).ifPresent(chain -> {
                text("PUT", "/v1/certificate", new CertificateBody(Pem.of(chain)));
                identities.succeeded();
            });
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException("a mapping server without a certificate was believed", e);
        }
    }

    @Override
    public void adopt(Collection<Enrolment> enrolments) {
        text("PUT", "/v1/enrolments", enrolments.stream().map(EnrolmentBody::of).toList());
    }

    @Override
    public CompletableFuture<Published> forget(HomeAddress hoa) {
        Lines lines = lines("DELETE", "/v1/enrolments/" + hoa, null);
        lines.first();
        return lines.published();
    }

    @Override
    public Written write(Write write) {
        Lines lines = lines("POST", "/v1/mappings", WriteBody.of(write));
        return new Written(read(lines.first(), new TypeReference<MappingBody>() {
        }).value(), lines.published());
    }

    @Override
    public List<Mapping> restore(Collection<Restoration> restorations) {
        return read(text("PUT", "/v1/mappings", restorations.stream().map(RestorationBody::of).toList()),
                new TypeReference<List<MappingBody>>() {
                }).stream().map(MappingBody::value).toList();
    }

    @Override
    public void replaceGateways(Collection<HomeGateway> gateways) {
        text("PUT", "/v1/home-gateways", gateways.stream().map(GatewayBody::of).toList());
    }

    @Override
    public synchronized void close() {
        connections.http().shutdownNow();
    }

    private String text(String method, String path, Object body) {
        HttpResponse<String> response = send(method, path, body, BodyHandlers.ofString());
        return checked(response, response.body());
    }

    private Lines lines(String method, String path, Object body) {
        HttpResponse<Stream<String>> response = send(method, path, body, BodyHandlers.ofLines());
        Lines lines = new Lines(response.body());
        if (!isGood(response)) {
            String problem = lines.first();
            response.body().close();
            checked(response, problem);
        }
        return lines;
    }

    /** An answer whose first line follows its header at once, or the way is broken, and whose second one may take its time. */
    private final class Lines {

        private final Stream<String> body;
        private final Iterator<String> lines;

        private Lines(Stream<String> body) {
            this.body = body;
            this.lines = body.iterator();
        }

        String first() {
            CompletableFuture<String> first = next();
            try {
                return first.get(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                body.close();
                throw unreachable("broke off in the middle of an answer", e);
            } catch (InterruptedException e) {
                body.close();
                Thread.currentThread().interrupt();
                throw unreachable("was not waited for", e);
            }
        }

        CompletableFuture<Published> published() {
            return next().thenApply(line -> read(line, new TypeReference<PublishedBody>() {
            }).value()).completeOnTimeout(NOBODY, PUBLICATION_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    // The mapping server was lost before it knew; when it is back it tells every subscriber.
                    .exceptionally(_ -> NOBODY)
                    // A thread that still waits for the line would do so for ever.
                    .whenComplete((_, _) -> body.close());
        }

        private CompletableFuture<String> next() {
            return CompletableFuture.supplyAsync(lines::next, Thread::startVirtualThread);
        }
    }

    /** Returns when the whole answer is here; with {@link BodyHandlers#ofLines} when its header is. */
    private <T> HttpResponse<T> send(String method, String path, Object body, HttpResponse.BodyHandler<T> handler) {
        CompletableFuture<HttpResponse<T>> exchange = http().sendAsync(request(method, path, body), handler);
        try {
            return exchange.get(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SSLException distrust
                    ? unreachable("and this control server do not believe each other: " + distrust.getMessage(), e)
                    : unreachable("gives no answer", e);
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw unreachable("gives no whole answer within " + limits.answer().toMillis() + " ms", e);
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            throw unreachable("was not waited for", e);
        }
    }

    /** Without a time limit: that of a request ends with the header of its answer. */
    private HttpRequest request(String method, String path, Object body) {
        try {
            return HttpRequest.newBuilder(URI.create(server + path)).method(method, body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(RestJson.strict().writeValueAsBytes(body))).build();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("what is to be told cannot be written as JSON", e);
        }
    }

    private static boolean isGood(HttpResponse<?> response) {
        return response.statusCode() / 100 == 2;
    }

    private String checked(HttpResponse<?> response, String body) {
        if (isGood(response)) {
            return body;
        }
        String sentence = sentence(body);
        if (response.statusCode() == CONFLICT) {
            throw new MappingRefusedException(new MappingRefusal.Told(sentence));
        }
        throw unreachable("does not do as it is told (" + response.statusCode() + "): " + sentence, null);
    }

    private static String sentence(String body) {
        try {
            return RestJson.lenient().readValue(body, Resources.Problem.class).detail();
        } catch (JsonProcessingException _) {
            return "it gave no reason";
        }
    }

    private <T> T read(String body, TypeReference<T> type) {
        try {
            return RestJson.lenient().readValue(body, type);
        } catch (JsonProcessingException e) {
            throw unreachable("gives answers that are not understood: is it of the same version?", e);
        }
    }

    private ImsUnreachableException unreachable(String what, Throwable cause) {
        return new ImsUnreachableException("the mapping server at " + server + " " + what, cause);
    }
}
