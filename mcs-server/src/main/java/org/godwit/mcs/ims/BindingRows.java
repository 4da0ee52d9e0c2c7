package org.godwit.mcs.ims;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * Enrolments and mappings in memory: a row of longs and a key for each HoA, and an index for either direction. About 200 bytes a
 * HoA; as objects they would take thousands. Not safe for several threads.
 */
final class BindingRows {

    static final int NONE = AddressIndex.NONE;

    private static final int HOME = 0;
    private static final int ACTIVE = 2;
    private static final int STAGED = 4;
    private static final int RETIRED = 6;
    private static final int EPOCH = 8;
    private static final int NONCE = 9;
    private static final int BIRTH = 10;
    private static final int GENERATION = 11;
    private static final int REFRESH_BY = 12;
    private static final int REST_AT = 13;
    private static final int STRIDE = 14;
    private static final int ROWS_MIN = 64;

    /** An entry of the index of MoAs: its row, and which of the three it is. */
    private static final int STATE_BITS = 2;

    private final long secret = new SplittableRandom().nextLong();
    private final AddressIndex homes = new AddressIndex(row -> row * STRIDE, secret);
    private final AddressIndex mobiles = new AddressIndex(BindingRows::position, ~secret);
    private final Map<HomeAddress, Enrolment.Successor> successors = new HashMap<>();
    private long[] words = new long[ROWS_MIN * STRIDE];
    /** Null where it was revoked. */
    private byte[][] keys = new byte[ROWS_MIN][];
    private int end;
    private int[] free = new int[0];
    private int freeCount;

    // ---- rows ----

    /** The row of a HoA, or {@link #NONE}. */
    int row(HomeAddress hoa) {
        ByteBuffer address = ByteBuffer.wrap(hoa.bytes());
        return homes.get(words, address.getLong(), address.getLong());
    }

    /** The row whose MoA this is; a retired one only as long as no other row has it. */
    int row(MobileAddress moa) {
        ByteBuffer address = ByteBuffer.wrap(moa.bytes());
        int entry = mobiles.get(words, address.getLong(), address.getLong());
        return entry == NONE ? NONE : entry >>> STATE_BITS;
    }

    /** Rows are numbered from 0 to this, exclusively; some may be empty. */
    int end() {
        return end;
    }

    boolean isUsed(int row) {
        return words[row * STRIDE] != 0 || words[row * STRIDE + 1] != 0;
    }

    /** HoAs that have two keys now. */
    List<HomeAddress> rotating() {
        return List.copyOf(successors.keySet());
    }

    // ---- reading ----

    HomeAddress hoa(int row) {
        return HomeAddress.of(address(row * STRIDE + HOME));
    }

    Enrolment enrolment(int row) {
        int at = row * STRIDE;
        HomeAddress hoa = hoa(row);
        return new Enrolment(hoa, Optional.ofNullable(keys[row]).map(MappingKey::of),
                Optional.ofNullable(successors.get(hoa)), words[at + NONCE],
                new Enrolment.Edition(words[at + BIRTH], words[at + GENERATION]));
    }

    Mapping mapping(int row) {
        int at = row * STRIDE;
        return new Mapping(hoa(row), moa(at + ACTIVE), moa(at + STAGED), moa(at + RETIRED),
                new Epoch(words[at + EPOCH]));
    }

    long registerNonce(int row) {
        return words[row * STRIDE + NONCE];
    }

    boolean isBound(int row) {
        int at = row * STRIDE;
        return !isZero(at + ACTIVE) || !isZero(at + STAGED) || !isZero(at + RETIRED);
    }

    long epoch(int row) {
        return words[row * STRIDE + EPOCH];
    }

    /** When the owner's registration ends, as it was set; 0 when there is none. */
    long refreshBy(int row) {
        return words[row * STRIDE + REFRESH_BY];
    }

    /** When the owner will have been silent for long enough after what it has registered, as it was set; 0 when it has. */
    long restAt(int row) {
        return words[row * STRIDE + REST_AT];
    }

    // ---- writing ----

    /** Adds a HoA, or changes who may speak for it. */
    void put(Enrolment enrolment) {
        int row = row(enrolment.hoa());
        if (row == NONE) {
            row = add(enrolment.hoa());
        }
        int at = row * STRIDE;
        keys[row] = enrolment.key().map(MappingKey::secret).orElse(null);
        words[at + NONCE] = enrolment.registerNonce();
        words[at + BIRTH] = enrolment.edition().birth();
        words[at + GENERATION] = enrolment.edition().generation();
        enrolment.successor().ifPresentOrElse(it -> successors.put(enrolment.hoa(), it),
                () -> successors.remove(enrolment.hoa()));
    }

    /** Replaces where an enrolled HoA is. */
    void put(Mapping mapping) {
        int row = row(mapping.hoa());
        unindex(row);
        int at = row * STRIDE;
        write(at + ACTIVE, mapping.active());
        write(at + STAGED, mapping.staged());
        write(at + RETIRED, mapping.retired());
        words[at + EPOCH] = mapping.epoch().number();
        index(row);
    }

    void setRegisterNonce(int row, long nonce) {
        words[row * STRIDE + NONCE] = nonce;
    }

    void setRefreshBy(int row, long time) {
        words[row * STRIDE + REFRESH_BY] = time;
    }

    void setRestAt(int row, long time) {
        words[row * STRIDE + REST_AT] = time;
    }

    void remove(int row) {
        unindex(row);
        int at = row * STRIDE;
        successors.remove(hoa(row));
        homes.remove(words, words[at], words[at + 1]);
        Arrays.fill(words, at, at + STRIDE, 0);
        keys[row] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, Math.max(ROWS_MIN, 2 * free.length));
        }
        free[freeCount++] = row;
    }

    private int add(HomeAddress hoa) {
        if (freeCount == 0 && end == keys.length) {
            keys = Arrays.copyOf(keys, 2 * keys.length);
            words = Arrays.copyOf(words, Math.multiplyExact(STRIDE, keys.length));
        }
        int row = freeCount > 0 ? free[--freeCount] : end++;
        ByteBuffer address = ByteBuffer.wrap(hoa.bytes());
        words[row * STRIDE] = address.getLong();
        words[row * STRIDE + 1] = address.getLong();
        homes.put(words, row);
        return row;
    }

    // ---- MoAs ----

    private void index(int row) {
        forEachMoa(row, entry -> {
            int known = mobiles.get(words, high(entry), low(entry));
            // What is retired may have been taken over by another.
            if (known == NONE || known >>> STATE_BITS == row || position(entry) != row * STRIDE + RETIRED) {
                mobiles.put(words, entry);
            }
        });
    }

    private void unindex(int row) {
        forEachMoa(row, entry -> {
            int known = mobiles.get(words, high(entry), low(entry));
            if (known != NONE && known >>> STATE_BITS == row) {
                mobiles.remove(words, high(entry), low(entry));
            }
        });
    }

    private void forEachMoa(int row, IntConsumer reader) {
        for (int place = ACTIVE; place <= RETIRED; place += 2) {
            if (!isZero(row * STRIDE + place)) {
                reader.accept(row << STATE_BITS | place / 2);
            }
        }
    }

    private static int position(int entry) {
        return (entry >>> STATE_BITS) * STRIDE + 2 * (entry & (1 << STATE_BITS) - 1);
    }

    private long high(int entry) {
        return words[position(entry)];
    }

    private long low(int entry) {
        return words[position(entry) + 1];
    }

    // ---- words ----

    private boolean isZero(int at) {
        return words[at] == 0 && words[at + 1] == 0;
    }

    private byte[] address(int at) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(words[at]).putLong(words[at + 1]).array();
    }

    private Optional<MobileAddress> moa(int at) {
        return isZero(at) ? Optional.empty() : Optional.of(MobileAddress.of(address(at)));
    }

    private void write(int at, Optional<MobileAddress> moa) {
        ByteBuffer address = ByteBuffer.wrap(moa.map(MobileAddress::bytes).orElse(new byte[2 * Long.BYTES]));
        words[at] = address.getLong();
        words[at + 1] = address.getLong();
    }
}
