package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.Test;

/** The same changes to the rows and to maps of objects, compared all the time. */
class BindingRowsTest {

    private static final int CHANGES = 60_000;
    private static final int HOAS = 700;

    private final Random random = new Random(4342);
    private final BindingRows rows = new BindingRows();
    private final Map<HomeAddress, Enrolment> enrolments = new HashMap<>();
    private final Map<HomeAddress, Mapping> mappings = new HashMap<>();
    private final Map<MobileAddress, HomeAddress> owners = new HashMap<>();

    @Test
    void rowsSayWhatMapsSay() {
        for (int change = 1; change <= CHANGES; change++) {
            HomeAddress hoa = HomeAddress.of("2001:db8:face::" + Integer.toHexString(1 + random.nextInt(HOAS)));
            int dice = random.nextInt(8);
            if (dice == 0) {
                forget(hoa);
            } else if (dice < 3) {
                enrol(hoa);
            } else {
                bind(hoa);
            }
            check(hoa);
            MobileAddress moa = moa();
            assertThat(Optional.of(rows.row(moa)).filter(row -> row != BindingRows.NONE).map(rows::hoa)).as("%s", moa)
                    .isEqualTo(Optional.ofNullable(owners.get(moa)));
        }
        enrolments.keySet().forEach(this::check);
        Set<HomeAddress> used = new HashSet<>();
        for (int row = 0; row < rows.end(); row++) {
            if (rows.isUsed(row)) {
                used.add(rows.hoa(row));
            }
        }
        assertThat(used).isEqualTo(enrolments.keySet());
        assertThat(rows.end()).as("rows are used again").isLessThanOrEqualTo(HOAS);
    }

    private void check(HomeAddress hoa) {
        int row = rows.row(hoa);
        assertThat(row != BindingRows.NONE).isEqualTo(enrolments.containsKey(hoa));
        if (row != BindingRows.NONE) {
            assertThat(rows.enrolment(row)).isEqualTo(enrolments.get(hoa));
            assertThat(rows.mapping(row)).isEqualTo(mappings.getOrDefault(hoa, Mapping.none(hoa)));
        }
    }

    private void enrol(HomeAddress hoa) {
        byte[] key = new byte[16 + random.nextInt(40)];
        random.nextBytes(key);
        Enrolment enrolment = Enrolment.of(hoa, MappingKey.of(key)).withRegisterNonce(random.nextLong());
        if (random.nextInt(4) == 0) {
            enrolment = enrolment.revoked();
        } else if (random.nextInt(4) == 0) {
            enrolment = enrolment.withSuccessor(MappingKey.of(key), Instant.EPOCH);
        }
        rows.put(enrolment);
        enrolments.put(hoa, enrolment);
    }

    private void forget(HomeAddress hoa) {
        if (enrolments.remove(hoa) != null) {
            rows.remove(rows.row(hoa));
            unindex(mappings.getOrDefault(hoa, Mapping.none(hoa)));
            mappings.remove(hoa);
        }
    }

    private void bind(HomeAddress hoa) {
        if (!enrolments.containsKey(hoa)) {
            return;
        }
        List<MobileAddress> all = new ArrayList<>(new HashSet<>(List.of(moa(), moa(), moa())));
        Mapping mapping = new Mapping(hoa, some(all), some(all), some(all), new Epoch(random.nextInt(9)));
        rows.put(mapping);
        unindex(mappings.getOrDefault(hoa, Mapping.none(hoa)));
        mappings.put(hoa, mapping);
        for (AddressBinding binding : mapping.bindings()) {
            if (binding.state() == BindingState.RETIRED) {
                owners.putIfAbsent(binding.moa(), hoa);
            } else {
                owners.put(binding.moa(), hoa);
            }
        }
    }

    private void unindex(Mapping mapping) {
        mapping.bindings().forEach(binding -> owners.remove(binding.moa(), mapping.hoa()));
    }

    private Optional<MobileAddress> some(List<MobileAddress> left) {
        return left.isEmpty() || random.nextInt(3) == 0 ? Optional.empty() : Optional.of(left.removeLast());
    }

    private MobileAddress moa() {
        return MobileAddress.of("2001:db8:a::" + Integer.toHexString(1 + random.nextInt(2 * HOAS)));
    }
}
