package org.godwit.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.godwit.guest.ims.ImsClient;
import org.godwit.model.AddressBinding;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/** The real mapping server, over UDP. */
final class ImsMappings implements Mappings, GatewayMappings {

    private final Consumer<Mapping> learnt;
    private final LineLog log;
    private final AtomicBoolean silent = new AtomicBoolean();
    private final ImsClient client;
    private volatile Optional<Inet6Address> source;

    ImsMappings(Enrol identity, MobileAddress source, Consumer<Mapping> learnt, ImsClient.Clocks clocks, LineLog log) {
        this.source = Optional.of(inet6(source));
        this.learnt = learnt;
        this.log = log;
        ImsClient.Settings settings = new ImsClient.Settings(
                new InetSocketAddress(identity.imsAddress(), identity.imsPort()), identity.hoa(),
                MappingKey.of(identity.imsKey().bytes()));
        try {
            client = ImsClient.start(settings, () -> this.source, learnt, clocks);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a socket for the mapping server", e);
        }
    }

    @Override
    public void resolve(HomeAddress peer) {
        learnFrom(client.resolveLater(peer).thenApply(mapping -> mapping.or(() -> Optional.of(Mapping.none(peer)))));
    }

    @Override
    public void watch(Collection<HomeAddress> peers) {
        client.watch(peers);
    }

    @Override
    public void resolve(MobileAddress peer) {
        resolve(peer, () -> {});
    }

    @Override
    public void resolve(MobileAddress peer, Runnable nobodys) {
        watched(client.resolveReverseLater(peer)).thenAccept(found -> found.ifPresentOrElse(learnt, nobodys));
    }

    /** Silence is logged when it begins and when it ends, not for each packet that asks. */
    private <T> CompletableFuture<T> watched(CompletableFuture<T> answer) {
        return answer.whenComplete((_, failure) -> {
            if (failure == null && silent.compareAndSet(true, false)) {
                log.line("mapping_server_answers");
            } else if (failure != null && silent.compareAndSet(false, true)) {
                log.line("mapping_server_silent", "reason", failure.getMessage());
            }
        });
    }

    private void learnFrom(CompletableFuture<Optional<Mapping>> answer) {
        watched(answer).thenAccept(mapping -> mapping.ifPresent(learnt));
    }

    @Override
    public CompletableFuture<Boolean> registerProxied(HomeAddress correspondent, MobileAddress proxy) {
        return watched(client.registerProxiedLater(correspondent, proxy));
    }

    @Override
    public CompletableFuture<Boolean> withdrawProxied(HomeAddress correspondent, MobileAddress proxy) {
        return watched(client.withdrawProxiedLater(correspondent, proxy));
    }

    @Override
    public CompletableFuture<Optional<HomeAddress>> correspondent(MobileAddress proxy) {
        return watched(client.ownerLater(proxy)).thenApply(binding -> binding.map(AddressBinding::hoa));
    }

    @Override
    public void register(MobileAddress active) throws IOException {
        if (!client.register(active)) {
            throw new IOException("the mapping server keeps another mapping: it belongs to a VM, or " + active
                    + " to somebody else");
        }
    }

    @Override
    public void rekey(MappingKey key) {
        client.rekey(key);
    }

    @Override
    public void rebind(MobileAddress moa) {
        source = Optional.of(inet6(moa));
        client.rebind();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            log.line("mapping_client_close", "reason", e.getMessage());
        }
    }

    private static Inet6Address inet6(MobileAddress moa) {
        try {
            return (Inet6Address) InetAddress.getByAddress(moa.bytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
