package org.godwit.mcs.ims;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Mapping;

/** Forgets when the test ends. */
final class MemoryMappingStore implements MappingStore {

    final Map<HomeAddress, Enrolment> enrolments = new LinkedHashMap<>();
    final Map<HomeAddress, Mapping> mappings = new LinkedHashMap<>();
    final Map<SavedSubscription.Id, SavedSubscription> subscriptions = new LinkedHashMap<>();

    @Override
    public void readEnrolments(Consumer<Enrolment> reader) {
        List.copyOf(enrolments.values()).forEach(reader);
    }

    @Override
    public void readMappings(Consumer<Mapping> reader) {
        List.copyOf(mappings.values()).forEach(reader);
    }

    @Override
    public void readSubscriptions(Consumer<SavedSubscription> reader) {
        List.copyOf(subscriptions.values()).forEach(reader);
    }

    @Override
    public void saveEnrolment(Enrolment enrolment) {
        enrolments.put(enrolment.hoa(), enrolment);
    }

    @Override
    public void saveRegistration(HomeAddress hoa, long nonce, Optional<Mapping> mapping) {
        enrolments.computeIfPresent(hoa, (_, old) -> old.withRegisterNonce(nonce));
        mapping.ifPresent(this::saveMapping);
    }

    @Override
    public void saveMapping(Mapping mapping) {
        mappings.put(mapping.hoa(), mapping);
    }

    @Override
    public void saveSubscriptions(Collection<SavedSubscription> kept, Collection<SavedSubscription.Id> ended) {
        ended.forEach(subscriptions::remove);
        kept.forEach(it -> subscriptions.put(it.id(), it));
    }

    @Override
    public void remove(HomeAddress hoa) {
        enrolments.remove(hoa);
        mappings.remove(hoa);
        subscriptions.keySet().removeIf(id -> id.hoa().equals(hoa) || id.subscriber().equals(hoa));
    }
}
