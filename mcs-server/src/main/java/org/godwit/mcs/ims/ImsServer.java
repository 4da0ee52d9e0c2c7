package org.godwit.mcs.ims;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.godwit.model.AddressBinding;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.LispDecoder;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mapping server on a UDP port.
 *
 * <p>One lock around {@link MappingServer}: datagrams come on Netty's one event loop, writes on the threads of the workflow,
 * and both need the store to be written before anybody sees the change.
 */
public final class ImsServer implements AddressMappings, ImsAdmin, AutoCloseable {

    /** LISP control (RFC 9301). */
    public static final int PORT = 4342;

    private static final long TICK_MILLIS = 20;
    /** What a kill takes from the subscriptions at most; their clients notice at the next refresh. */
    private static final long SAVE_MILLIS = 500;
    private static final int RECEIVE_BUFFER = LispDecoder.FRAME_MAX + 1;

    private static final Logger LOG = LoggerFactory.getLogger(ImsServer.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final MappingServer server;
    private final MappingStore store;
    /** Tells who follows that this is another process. */
    private final long boot = new SecureRandom().nextLong();
    private final LongSupplier nanoTicker;
    private final ScheduledExecutorService saving = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("ims-subscriptions").factory());
    private final EventLoopGroup loop;
    private final Channel channel;

    private ImsServer(InetSocketAddress address, MappingStore store, ImsPolicy policy, Clocks clocks) {
        this.store = store;
        this.nanoTicker = clocks.nanos();
        this.server = new MappingServer(store, policy, this::send, task -> Thread.ofVirtual().start(task),
                clocks.instants(), new SecureRandom().nextLong(), nanoTicker.getAsLong());
        this.loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        // A datagram that comes before this constructor is done waits.
        lock.lock();
        try {
            this.channel = new Bootstrap().group(loop).channel(NioDatagramChannel.class)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BUFFER))
                    .handler(new Receiver()).bind(address).syncUninterruptibly().channel();
        } catch (RuntimeException e) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        } finally {
            lock.unlock();
        }
        loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        saving.scheduleWithFixedDelay(this::saveSubscriptions, SAVE_MILLIS, SAVE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Reads the store and listens.
     *
     * @param address IPv6; port 0 takes a free one
     */
    public static ImsServer start(InetSocketAddress address, MappingStore store, ImsPolicy policy, Clocks clocks) {
        ImsServer server = new ImsServer(address, store, policy, clocks);
        LOG.info("mapping server listens on {}", server.address());
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    public ImsCounters counters() {
        return server.counters();
    }

    @Override
    public void enrol(HomeAddress hoa, MappingKey key) {
        locked(() -> {
            server.enrol(hoa, key);
            return null;
        });
    }

    @Override
    public void rotate(HomeAddress hoa, MappingKey next) {
        locked(() -> {
            server.rotate(hoa, next);
            return null;
        });
    }

    @Override
    public void settle(HomeAddress hoa) {
        locked(() -> {
            server.settle(hoa);
            return null;
        });
    }

    @Override
    public void revoke(HomeAddress hoa) {
        locked(() -> {
            server.revoke(hoa);
            return null;
        });
    }

    @Override
    public CompletableFuture<Published> stage(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(Write.stage(hoa, moa, epoch)).published();
    }

    @Override
    public CompletableFuture<Published> activate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(Write.activate(hoa, moa, epoch)).published();
    }

    @Override
    public CompletableFuture<Published> reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(Write.reinstate(hoa, moa, epoch)).published();
    }

    @Override
    public CompletableFuture<Published> unstage(HomeAddress hoa, Epoch epoch) {
        return write(Write.unstage(hoa, epoch)).published();
    }

    @Override
    public Written write(Write write) {
        return locked(() -> {
            CompletableFuture<Published> published = server.write(write, nanoTicker.getAsLong());
            return new Written(server.table().mapping(write.hoa()), published);
        });
    }

    @Override
    public Rows list(int from) {
        return locked(() -> server.table().rows(boot, from, PAGE_ROWS));
    }

    @Override
    public Optional<Rows> changes(long knownBoot, long since) {
        return locked(() -> {
            ChangeLog log = server.table().changes();
            return log.since(since).filter(_ -> knownBoot == boot).map(changed -> new Rows(boot, log.number(),
                    changed.stream().flatMap(hoa -> server.table().row(hoa).stream()).toList(), END));
        });
    }

    @Override
    public void adopt(Collection<Enrolment> enrolments) {
        locked(() -> {
            server.adopt(enrolments, nanoTicker.getAsLong());
            return null;
        });
    }

    @Override
    public List<Mapping> restore(Collection<Restoration> restorations) {
        return locked(() -> restorations.stream().map(restoration -> {
            server.restore(restoration, nanoTicker.getAsLong());
            return server.table().mapping(restoration.mapping().hoa());
        }).toList());
    }

    @Override
    public void replaceGateways(Collection<HomeGateway> gateways) {
        locked(() -> {
            server.replaceGateways(gateways);
            return null;
        });
    }

    @Override
    public CompletableFuture<Published> forget(HomeAddress hoa) {
        return locked(() -> server.forget(hoa, nanoTicker.getAsLong()));
    }

    @Override
    public Optional<Mapping> lookup(HomeAddress hoa) {
        return locked(() -> server.lookup(hoa));
    }

    @Override
    public List<MobileAddress> peersOf(HomeAddress hoa) {
        return locked(() -> server.peersOf(hoa));
    }

    @Override
    public Optional<AddressBinding> lookup(MobileAddress moa) {
        return locked(() -> server.lookup(moa));
    }

    /** Ends listening. Who has not acknowledged a publication until now is told as silent. */
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        saving.close();
        saveSubscriptions();
        locked(() -> {
            server.close();
            return null;
        });
    }

    /** Outside the lock: a disk may take its time, and no answer depends on it. */
    private void saveSubscriptions() {
        List<SavedSubscription> kept = new ArrayList<>();
        List<SavedSubscription.Id> ended = new ArrayList<>();
        locked(() -> {
            server.unsavedSubscriptions(kept, ended, nanoTicker.getAsLong());
            return null;
        });
        if (kept.isEmpty() && ended.isEmpty()) {
            return;
        }
        try {
            store.saveSubscriptions(kept, ended);
        } catch (RuntimeException e) {
            LOG.error("subscriptions could not be saved; each is tried again when it is refreshed", e);
        }
    }

    private void tick() {
        try {
            locked(() -> {
                server.tick(nanoTicker.getAsLong());
                return null;
            });
        } catch (RuntimeException e) {
            // Thrown on, it would end all later ticks silently.
            LOG.error("the mapping server's tick failed; it goes on", e);
        }
    }

    private void send(InetSocketAddress to, byte[] frame) {
        channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(frame), to));
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            locked(() -> {
                server.receive(packet.sender(), packet.content().nioBuffer(), nanoTicker.getAsLong());
                return null;
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.warn("a datagram could not be handled; the mapping server goes on", cause);
        }
    }
}
