package org.godwit.guest.ims;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.godwit.model.AddressBinding;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.LispDecoder;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * The mapping server as a guest sees it. One thread; safe for use by several others.
 *
 * <p>Futures complete and the listener is called on that thread: what they do must not block, and must not wait for another
 * answer of this client.
 */
public final class ImsClient implements AutoCloseable {

    /**
     * Whom to ask, and who asks.
     *
     * @param server where the mapping server listens; IPv6
     * @param own the own HoA, which is enrolled there with this key
     */
    public record Settings(InetSocketAddress server, HomeAddress own, MappingKey key) {
        public Settings {
            requireNonNull(own, "own is null");
            requireNonNull(key, "key is null");
            if (!(server.getAddress() instanceof Inet6Address)) {
                throw new IllegalArgumentException("the mapping server must have an IPv6 address, got " + server);
            }
        }
    }

    /** @param instants dates nonces @param nanos measures time; for example {@code System::nanoTime} */
    public record Clocks(InstantSource instants, LongSupplier nanos) {}

    private static final Duration PAUSE_WAITING = Duration.ofMillis(50);
    private static final Duration PAUSE_IDLE = Duration.ofSeconds(1);

    private final Settings settings;
    private final LongSupplier nanoTicker;
    private final Supplier<Optional<Inet6Address>> localAddress;
    private final Consumer<Mapping> listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Mapping> changes = new ArrayDeque<>();
    private final ImsSession session;
    private final Selector selector;
    private final Thread thread;
    private Optional<DatagramChannel> channel = Optional.empty();
    private Optional<Inet6Address> boundTo = Optional.empty();
    private volatile boolean closed;

    private ImsClient(Settings settings, Supplier<Optional<Inet6Address>> localAddress, Consumer<Mapping> listener,
            Clocks clocks) throws IOException {
        this.settings = settings;
        this.localAddress = localAddress;
        this.listener = listener;
        this.nanoTicker = clocks.nanos();
        this.session = new ImsSession(settings.own(), settings.key(),
                new GrowingNonces(clocks.instants(), new SecureRandom()), this::send, changes::add);
        this.selector = Selector.open();
        this.thread = Thread.ofPlatform().name("ims-client").daemon().unstarted(this::run);
    }

    /**
     * Begins to listen.
     *
     * @param localAddress the MoA that can be used now: messages leave from there, and the mapping server publishes to it.
     *        Asked often; empty while there is none
     * @param listener told of every mapping that is new or has changed; {@link Mapping#isEmpty} when the HoA was forgotten
     */
    public static ImsClient start(Settings settings, Supplier<Optional<Inet6Address>> localAddress,
            Consumer<Mapping> listener, Clocks clocks) throws IOException {
        ImsClient client = new ImsClient(settings, localAddress, listener, clocks);
        client.thread.start();
        return client;
    }

    /**
     * Where is this HoA? What is known and watched is answered at once; otherwise the mapping server is asked, for at most
     * 3.75 s, and changes of the HoA go to the listener from then on.
     *
     * @return empty when the mapping server knows no MoA
     * @throws ImsSilentException when it did not answer
     */
    public Optional<Mapping> resolve(HomeAddress hoa) throws IOException {
        return await(resolveLater(hoa));
    }

    /** As {@link #resolve}, without waiting. Fails with {@link ImsSilentException}. */
    public CompletableFuture<Optional<Mapping>> resolveLater(HomeAddress hoa) {
        return asked(() -> session.resolve(hoa, nanoTicker.getAsLong()));
    }

    /**
     * Changes of these HoAs, of which something is known from before this client, go to the listener, beginning with how they
     * are now. Where the mapping server does not answer it is asked again and again. No more than 4096 are watched.
     */
    public void watch(Collection<HomeAddress> hoas) {
        locked(() -> {
            session.watch(hoas, nanoTicker.getAsLong());
            return null;
        });
        selector.wakeup();
    }

    /**
     * Whose MoA is this? The answer is not authenticated, so the HoA it names is resolved too and must have the MoA.
     *
     * @return empty when the MoA is nobody's; fails with {@link ImsSilentException} when the mapping server did not answer
     */
    public CompletableFuture<Optional<Mapping>> resolveReverseLater(MobileAddress moa) {
        return ownerLater(moa).thenCompose(
                binding -> binding.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.<Mapping>empty())
                        : asked(() -> session.resolve(binding.get().hoa(), binding.get().epoch(),
                                nanoTicker.getAsLong())))
                .thenApply(mapping -> mapping.filter(it -> it.binding(moa).isPresent()));
    }

    /** As {@link #resolveReverseLater}, but only what the mapping server says, for whoever can tell by itself whether it is true. */
    public CompletableFuture<Optional<AddressBinding>> ownerLater(MobileAddress moa) {
        return asked(() -> session.resolve(moa, nanoTicker.getAsLong()));
    }

    /**
     * Says that the own HoA is at this MoA: for correspondents, which have no host agent.
     *
     * @return false when the mapping server keeps another mapping, because the MCS moves this HoA or the MoA is another's
     * @throws ImsSilentException when it did not answer, for example because the key is wrong
     */
    public boolean register(MobileAddress active) throws IOException {
        return await(asked(() -> session.register(active, nanoTicker.getAsLong())));
    }

    /**
     * As a home gateway: says that a plain correspondent is reached at this proxy address, without waiting.
     *
     * @return false when the mapping server does not take it; fails with {@link ImsSilentException}
     */
    public CompletableFuture<Boolean> registerProxiedLater(HomeAddress correspondent, MobileAddress proxy) {
        return asked(() -> session.registerProxied(correspondent, proxy, nanoTicker.getAsLong()));
    }

    /** Takes back what {@link #registerProxiedLater} said; who watches the correspondent is told. */
    public CompletableFuture<Boolean> withdrawProxiedLater(HomeAddress correspondent, MobileAddress proxy) {
        return asked(() -> session.withdrawProxied(correspondent, proxy, nanoTicker.getAsLong()));
    }

    /** The own HoA has a new key. What was signed with the old one is believed until the mapping server uses the new one. */
    public void rekey(MappingKey key) {
        locked(() -> {
            session.rekey(key);
            return null;
        });
    }

    /** Changes of this HoA are not needed any more. */
    public void forget(HomeAddress hoa) {
        locked(() -> {
            session.forget(hoa);
            return null;
        });
    }

    /** The local address may have changed: looks at once. Without this it is seen within a second. */
    public void rebind() {
        selector.wakeup();
    }

    /** Datagrams that were malformed, unexpected or not proven by the key. */
    public long refused() {
        return locked(session::refused);
    }

    /** Ends listening; what waits for an answer fails. */
    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        if (Thread.currentThread() == thread) {
            // The listener closes us: the thread ends when the listener returns.
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocate(LispDecoder.FRAME_MAX + 1);
        try {
            while (!closed) {
                bindWhereWeAre();
                Duration pause = locked(session::isWaiting) ? PAUSE_WAITING : PAUSE_IDLE;
                selector.select(pause.toMillis());
                selector.selectedKeys().clear();
                receiveAll(buffer);
                locked(() -> {
                    session.tick(nanoTicker.getAsLong());
                    return null;
                });
                tellListener();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the selector of the mapping client failed", e);
        } finally {
            closed = true;
            locked(() -> {
                session.close();
                release();
                return null;
            });
            closeQuietly(selector);
        }
    }

    private void bindWhereWeAre() {
        Optional<Inet6Address> wanted = localAddress.get();
        if (wanted.isEmpty() || wanted.equals(boundTo)) {
            return;
        }
        locked(() -> {
            release();
            try {
                DatagramChannel fresh = DatagramChannel.open();
                channel = Optional.of(fresh);
                fresh.bind(new InetSocketAddress(wanted.get(), 0)).connect(settings.server());
                fresh.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                boundTo = wanted;
                session.bound(new IPv6Address(wanted.get().getAddress()), nanoTicker.getAsLong());
            } catch (IOException e) {
                // The address is still tentative, or gone already: tried again at the next turn.
                release();
            }
            return null;
        });
    }

    private void receiveAll(ByteBuffer buffer) {
        locked(() -> {
            while (channel.isPresent() && receive(channel.get(), buffer.clear())) {
                session.receive(buffer.flip(), nanoTicker.getAsLong());
            }
            return null;
        });
    }

    private static boolean receive(DatagramChannel from, ByteBuffer buffer) {
        try {
            return from.read(buffer) >= 0 && buffer.position() > 0;
        } catch (IOException e) {
            // An ICMPv6 error, such as "port unreachable" while the mapping server restarts: questions are repeated anyway.
            return false;
        }
    }

    private void send(byte[] frame) {
        try {
            if (channel.isPresent()) {
                channel.get().write(ByteBuffer.wrap(frame));
            }
        } catch (IOException e) {
            // As good as lost on the way.
        }
    }

    private void tellListener() {
        List<Mapping> news = locked(() -> {
            List<Mapping> all = new ArrayList<>(changes);
            changes.clear();
            return all;
        });
        for (Mapping mapping : news) {
            try {
                listener.accept(mapping);
            } catch (RuntimeException e) {
                // Reported, but one failure must not make the guest deaf.
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }
    }

    private void release() {
        channel.ifPresent(ImsClient::closeQuietly);
        channel = Optional.empty();
        boundTo = Optional.empty();
    }

    private static void closeQuietly(AutoCloseable it) {
        try {
            it.close();
        } catch (Exception e) {
            // Nothing of it is needed any more.
        }
    }

    private <T> CompletableFuture<T> asked(Supplier<CompletableFuture<T>> question) {
        CompletableFuture<T> answer = locked(
                () -> closed
                        ? CompletableFuture.failedFuture(new IOException("the mapping client is closed"))
                        : question.get());
        selector.wakeup();
        return answer;
    }

    private static <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the mapping server");
        }
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
