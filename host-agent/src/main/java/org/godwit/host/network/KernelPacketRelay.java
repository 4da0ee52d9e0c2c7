package org.godwit.host.network;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.godwit.shim.KernelRelay;
import org.godwit.shim.ShimException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay in the kernel. Its program is loaded when the first VM leaves and taken away when nothing is relayed any more.
 * When this process dies the kernel ends what it relays within {@link #LIFETIME}; the next one removes the program.
 */
public final class KernelPacketRelay implements PacketRelay, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KernelPacketRelay.class);

    /** Peers learn the new MoA from the VM's first packet or from the mapping server: seconds, at the worst. */
    private static final Duration LIFETIME = Duration.ofSeconds(60);
    /**
     * Of copies, while the VM may still be here: they fill the queue of the VM's tap at the target, which must have room when
     * the pause comes.
     */
    private static final Duration COPIES_LIFETIME = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    private final Supplier<List<String>> uplinks;
    private final String reachableBridge;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("relay-", 0).factory());
    private final Map<UUID, Relayed> relayed = new HashMap<>();
    private Optional<KernelRelay> kernel = Optional.empty();
    /** Of VMs that are not relayed any more. */
    private Figures past = new Figures(0, 0, 0);

    /**
     * What has been relayed since the agent began.
     *
     * @param vms for how many it is being done now
     * @param escaped of the packets, those that met no VM here any more
     */
    public record Figures(int vms, long packets, long escaped) {

        private Figures plus(KernelRelay.Traffic traffic) {
            return new Figures(vms, packets + traffic.packets(), escaped + traffic.escaped());
        }
    }

    /** How it stands with one VM. */
    private static final class Relayed {
        private final Passage passage;
        private boolean begun;
        private boolean landed;
        private int looks;

        private Relayed(Passage passage) {
            this.passage = passage;
        }

        private boolean isOlderThan(Duration age) {
            return LOOK_INTERVAL.multipliedBy(looks).compareTo(age) > 0;
        }
    }

    /**
     * Removes what an earlier process left.
     *
     * @param uplinks the links through which packets for VMs come to this host
     */
    public KernelPacketRelay(Supplier<List<String>> uplinks, String reachableBridge) {
        this.uplinks = uplinks;
        this.reachableBridge = reachableBridge;
        removeLeftovers();
        clock.scheduleWithFixedDelay(this::look, LOOK_INTERVAL.toMillis(), LOOK_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Takes away what any process has ever left here. A host that cannot load BPF programs has nothing of it. */
    public static void removeLeftovers() {
        try {
            KernelRelay.detachAll();
        } catch (ShimException e) {
            LOG.warn("relays of an earlier process cannot be looked for: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void prepare(Passage passage) {
        end(passage.vm());
        try {
            KernelRelay loaded = kernel.orElseGet(KernelRelay::load);
            kernel = Optional.of(loaded);
            relayed.put(passage.vm(), new Relayed(passage));
            loaded.attach(uplinks.get());
        } catch (ShimException e) {
            end(passage.vm());
            throw new HostNetworkException("packets cannot be relayed: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void begin(UUID vm) {
        find(vm).filter(one -> !one.landed).ifPresent(one -> {
            try {
                kernel.orElseThrow().copy(one.passage.from(), one.passage.to(), reachableBridge,
                        COPIES_LIFETIME);
                if (!one.begun) {
                    LOG.info("vm={} relay=begins from={} to={}", vm, one.passage.from(), one.passage.to());
                }
                one.begun = true;
                one.looks = 0;
            } catch (ShimException e) {
                LOG.warn("vm={} nothing is relayed: {}", vm, e.getMessage());
            }
        });
    }

    @Override
    public synchronized boolean relays(UUID vm) {
        return find(vm).filter(one -> one.begun || one.landed).isPresent();
    }

    @Override
    public synchronized void landed(UUID vm) {
        find(vm).filter(one -> !one.landed).ifPresent(one -> {
            kernel.orElseThrow().move(one.passage.from(), LIFETIME);
            one.landed = true;
            one.looks = 0;
        });
    }

    @Override
    public synchronized void end(UUID vm) {
        find(vm).ifPresent(one -> {
            KernelRelay loaded = kernel.orElseThrow();
            loaded.traffic(one.passage.from()).ifPresent(traffic -> {
                past = past.plus(traffic);
                LOG.info("vm={} relay=ends packets={} escaped={}", vm, traffic.packets(), traffic.escaped());
            });
            loaded.end(one.passage.from());
            relayed.remove(vm);
            if (relayed.isEmpty()) {
                removeLeftovers();
                loaded.close();
                kernel = Optional.empty();
            }
        });
    }

    public synchronized Figures figures() {
        Figures all = new Figures(relayed.size(), past.packets(), past.escaped());
        for (Relayed one : relayed.values()) {
            all = kernel.flatMap(loaded -> loaded.traffic(one.passage.from())).map(all::plus).orElse(all);
        }
        return all;
    }

    private synchronized void look() {
        try {
            List.copyOf(relayed.values()).stream().filter(one -> one.begun || one.landed).forEach(one -> {
                one.looks++;
                if (one.isOlderThan(LIFETIME) || one.landed && one.isOlderThan(QUIET) && isQuiet(one)) {
                    end(one.passage.vm());
                }
            });
        } catch (ShimException e) {
            LOG.warn("the relay cannot be looked after: {}", e.getMessage());
        }
    }

    private boolean isQuiet(Relayed one) {
        return kernel.orElseThrow().traffic(one.passage.from()).flatMap(KernelRelay.Traffic::idle)
                .map(idle -> idle.compareTo(QUIET) > 0).orElse(true);
    }

    private Optional<Relayed> find(UUID vm) {
        return Optional.ofNullable(relayed.get(vm));
    }

    /** What is relayed goes on until its time is over. */
    @Override
    public void close() {
        clock.shutdownNow();
    }
}
