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
final class SimulatedMappings implements AddressMappings {

    private final Map<HomeAddress, Mapping> mappings = new HashMap<>();
    private Runnable beforeEach = () -> {};

    /** Called before each write; what it throws is thrown on. */
    void beforeEach(Runnable check) {
        beforeEach = check;
    }

    @Override
    public CompletableFuture<Published> stage(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(hoa, epoch, mapping -> mapping.stage(moa, epoch));
    }

    @Override
    public CompletableFuture<Published> activate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(hoa, epoch, mapping -> mapping.activate(moa, epoch));
    }

    @Override
    public CompletableFuture<Published> reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(hoa, epoch,
                mapping -> new Mapping(hoa, Optional.of(moa), Optional.empty(), Optional.empty(), epoch));
    }

    @Override
    public CompletableFuture<Published> unstage(HomeAddress hoa, Epoch epoch) {
        return write(hoa, epoch, mapping -> mapping.unstage(epoch));
    }

    private CompletableFuture<Published> write(HomeAddress hoa, Epoch epoch, UnaryOperator<Mapping> change) {
        beforeEach.run();
        Mapping before = mappings.getOrDefault(hoa, Mapping.none(hoa));
        if (epoch.isOlderThan(before.epoch())) {
            throw new MappingRefusedException(new MappingRefusal.StaleEpoch(hoa, epoch, before.epoch()));
        }
        mappings.put(hoa, change.apply(before));
        return CompletableFuture.completedFuture(new Published(Set.of(), Set.of()));
    }

    @Override
    public Optional<Mapping> lookup(HomeAddress hoa) {
        return Optional.ofNullable(mappings.get(hoa));
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
