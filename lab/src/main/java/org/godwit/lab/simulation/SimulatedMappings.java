package org.godwit.lab.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.ims.MappingRefusal;
import org.godwit.mcs.ims.MappingRefusedException;
import org.godwit.mcs.ims.Published;
import org.godwit.model.AddressBinding;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/** A mapping server whose writes are durable at once and whose peers hear of them a little later. */
final class SimulatedMappings {

    private final Map<HomeAddress, Mapping> mappings = new HashMap<>();
    private final Set<Fence> off;

    SimulatedMappings(Set<Fence> off) {
        this.off = off;
    }

    /**
     * As one process of the control server sees it. A process that hangs in the middle of a write makes it when it goes on, and
     * what it would be told then is of no use any more.
     */
    AddressMappings seenBy(ServerProcess process, Runnable beforeEach) {
        return new View(process, beforeEach);
    }

    Optional<Mapping> find(HomeAddress hoa) {
        return Optional.ofNullable(mappings.get(hoa));
    }

    /** What is true from the start. */
    void begin(HomeAddress hoa, MobileAddress moa) {
        write(hoa, Epoch.NONE, mapping -> mapping.activate(moa, Epoch.NONE));
    }

    /** The guest of a VM that has booted is told anew who it is, and says where. */
    void reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        write(hoa, epoch, _ -> new Mapping(hoa, Optional.of(moa), Optional.empty(), Optional.empty(), epoch));
    }

    private void write(HomeAddress hoa, Epoch epoch, UnaryOperator<Mapping> change) {
        Mapping before = mappings.getOrDefault(hoa, Mapping.none(hoa));
        if (epoch.isOlderThan(before.epoch()) && !off.contains(Fence.MAPPING_EPOCHS)) {
            throw new MappingRefusedException(new MappingRefusal.StaleEpoch(hoa, epoch, before.epoch()));
        }
        mappings.put(hoa, change.apply(before));
    }

    private final class View implements AddressMappings {

        private final ServerProcess process;
        private final Runnable beforeEach;

        private View(ServerProcess process, Runnable beforeEach) {
            this.process = process;
            this.beforeEach = beforeEach;
        }

        private CompletableFuture<Published> say(HomeAddress hoa, Epoch epoch, UnaryOperator<Mapping> change) {
            beforeEach.run();
            if (process.hangs()) {
                process.run(() -> {
                    try {
                        write(hoa, epoch, change);
                    } catch (MappingRefusedException | IllegalArgumentException _) {
                        // The process has lost its turn already.
                    }
                });
            } else {
                write(hoa, epoch, change);
            }
            return CompletableFuture.completedFuture(new Published(Set.of(), Set.of()));
        }

        @Override
        public CompletableFuture<Published> stage(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
            return say(hoa, epoch, mapping -> mapping.stage(moa, epoch));
        }

        @Override
        public CompletableFuture<Published> activate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
            return say(hoa, epoch, mapping -> mapping.activate(moa, epoch));
        }

        @Override
        public CompletableFuture<Published> reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
            return say(hoa, epoch,
                    _ -> new Mapping(hoa, Optional.of(moa), Optional.empty(), Optional.empty(), epoch));
        }

        @Override
        public CompletableFuture<Published> unstage(HomeAddress hoa, Epoch epoch) {
            return say(hoa, epoch, mapping -> mapping.unstage(epoch));
        }

        @Override
        public Optional<Mapping> lookup(HomeAddress hoa) {
            return find(hoa);
        }

        @Override
        public Optional<AddressBinding> lookup(MobileAddress moa) {
            return mappings.values().stream().flatMap(mapping -> mapping.binding(moa).stream()).findFirst();
        }

        @Override
        public CompletableFuture<Published> forget(HomeAddress hoa) {
            mappings.remove(hoa);
            return CompletableFuture.completedFuture(new Published(Set.of(), Set.of()));
        }

        /** Keys are not looked at here. */
        @Override
        public void enrol(HomeAddress hoa, MappingKey key) {
            mappings.putIfAbsent(hoa, Mapping.none(hoa));
        }

        @Override
        public void rotate(HomeAddress hoa, MappingKey next) {
            throw new UnsupportedOperationException("no migration does that");
        }

        @Override
        public void settle(HomeAddress hoa) {
            throw new UnsupportedOperationException("no migration does that");
        }

        @Override
        public void revoke(HomeAddress hoa) {
            throw new UnsupportedOperationException("no migration does that");
        }
    }
}
