package org.godwit.mcs.ims;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/** Which HoA is where, and who may say so. Every change is in the store before it is seen. Not safe for several threads. */
final class MappingTable {

    private final MappingStore store;
    private final Map<HomeAddress, Enrolment> enrolments = new HashMap<>();
    private final Map<HomeAddress, Mapping> mappings = new HashMap<>();
    private final Map<MobileAddress, HomeAddress> owners = new HashMap<>();

    MappingTable(MappingStore store) {
        this.store = store;
        store.enrolments().forEach(enrolment -> enrolments.put(enrolment.hoa(), enrolment));
        store.mappings().forEach(this::index);
    }

    void enrol(HomeAddress hoa, MappingKey key) {
        Enrolment known = enrolments.get(hoa);
        if (known == null || !known.key().equals(key)) {
            Enrolment enrolment = new Enrolment(hoa, key, 0);
            store.saveEnrolment(enrolment);
            enrolments.put(hoa, enrolment);
        }
    }

    Optional<Enrolment> enrolment(HomeAddress hoa) {
        return Optional.ofNullable(enrolments.get(hoa));
    }

    /** Never goes back: the caller has compared. */
    void raiseRegisterNonce(Enrolment enrolment, long nonce) {
        store.saveRegisterNonce(enrolment.hoa(), nonce);
        enrolments.put(enrolment.hoa(), new Enrolment(enrolment.hoa(), enrolment.key(), nonce));
    }

    Mapping mapping(HomeAddress hoa) {
        return mappings.getOrDefault(hoa, Mapping.none(hoa));
    }

    Optional<AddressBinding> binding(MobileAddress moa) {
        return Optional.ofNullable(owners.get(moa)).flatMap(hoa -> mapping(hoa).binding(moa));
    }

    /**
     * Replaces the mapping of the HoA by what {@code change} makes of it. Returns whether it is another one now.
     *
     * @throws MappingRefusedException then nothing has changed
     */
    boolean change(HomeAddress hoa, Epoch epoch, UnaryOperator<Mapping> change) {
        if (!enrolments.containsKey(hoa)) {
            throw new MappingRefusedException(new MappingRefusal.NotEnrolled(hoa));
        }
        Mapping current = mapping(hoa);
        if (epoch.isOlderThan(current.epoch())) {
            throw new MappingRefusedException(new MappingRefusal.StaleEpoch(hoa, epoch, current.epoch()));
        }
        Mapping next = change.apply(current);
        next.active().ifPresent(moa -> refuseTaken(hoa, moa));
        next.staged().ifPresent(moa -> refuseTaken(hoa, moa));
        if (next.equals(current)) {
            return false;
        }
        store.saveMapping(next);
        unindex(current);
        index(next);
        return true;
    }

    /** Returns whether there was anything. */
    boolean forget(HomeAddress hoa) {
        store.remove(hoa);
        Mapping mapping = mappings.remove(hoa);
        if (mapping != null) {
            unindex(mapping);
        }
        return enrolments.remove(hoa) != null;
    }

    /** What is retired may be taken over: the site gave the address to somebody else. */
    private void refuseTaken(HomeAddress hoa, MobileAddress moa) {
        binding(moa).filter(binding -> !binding.hoa().equals(hoa) && binding.state() != BindingState.RETIRED)
                .ifPresent(binding -> {
                    throw new MappingRefusedException(new MappingRefusal.MoaTaken(moa, binding.hoa()));
                });
    }

    private void index(Mapping mapping) {
        mappings.put(mapping.hoa(), mapping);
        for (AddressBinding binding : mapping.bindings()) {
            if (binding.state() == BindingState.RETIRED) {
                owners.putIfAbsent(binding.moa(), binding.hoa());
            } else {
                owners.put(binding.moa(), binding.hoa());
            }
        }
    }

    private void unindex(Mapping mapping) {
        mapping.bindings().forEach(binding -> owners.remove(binding.moa(), binding.hoa()));
    }
}
