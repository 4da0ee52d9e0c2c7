package org.godwit.mcs.ims;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Mapping;

/** Forgets when the test ends. */
final class MemoryMappingStore implements MirrorStore {

    final Map<HomeAddress, Enrolment> enrolments = new LinkedHashMap<>();
    final Map<HomeAddress, Mapping> mappings = new LinkedHashMap<>();
    final List<HomeGateway> gateways = new ArrayList<>();
    final Set<HomeAddress> owed = new LinkedHashSet<>();
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
    public void readGateways(Consumer<HomeGateway> reader) {
        List.copyOf(gateways).forEach(reader);
    }

    @Override
    public void saveGateways(Collection<HomeGateway> all) {
        gateways.clear();
        gateways.addAll(all);
    }

    @Override
    public void readOwed(Consumer<HomeAddress> reader) {
        List.copyOf(owed).forEach(reader);
    }

    @Override
    public void saveOwed(Collection<HomeAddress> hoas) {
        owed.addAll(hoas);
    }

    @Override
    public void removeOwed(Collection<HomeAddress> hoas) {
        owed.removeAll(hoas);
    }

    @Override
    public void saveAll(Collection<Enrolment> owners, Collection<Mapping> places) {
        owners.forEach(this::saveEnrolment);
        places.forEach(this::saveMapping);
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
        owed.remove(hoa);
        subscriptions.keySet().removeIf(id -> id.hoa().equals(hoa) || id.subscriber().equals(hoa));
    }
}
