package org.godwit.mcs.ims;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Mapping;

/** Forgets when the test ends. */
final class MemoryMappingStore implements MappingStore {

    private final Map<HomeAddress, Enrolment> enrolments = new LinkedHashMap<>();
    private final Map<HomeAddress, Mapping> mappings = new LinkedHashMap<>();

    @Override
    public List<Enrolment> enrolments() {
        return List.copyOf(enrolments.values());
    }

    @Override
    public List<Mapping> mappings() {
        return List.copyOf(mappings.values());
    }

    @Override
    public void saveEnrolment(Enrolment enrolment) {
        enrolments.put(enrolment.hoa(), enrolment);
    }

    @Override
    public void saveRegisterNonce(HomeAddress hoa, long nonce) {
        enrolments.computeIfPresent(hoa, (_, old) -> new Enrolment(hoa, old.key(), nonce));
    }

    @Override
    public void saveMapping(Mapping mapping) {
        mappings.put(mapping.hoa(), mapping);
    }

    @Override
    public void remove(HomeAddress hoa) {
        enrolments.remove(hoa);
        mappings.remove(hoa);
    }
}
