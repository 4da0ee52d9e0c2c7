package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Mapping;

/**
 * What a control server says to a mapping server in another process. Each method returns when the mapping server has done it
 * durably; all may be repeated.
 *
 * @see RemoteMappings who is right about what
 */
public interface ImsAdmin {

    /**
     * What a mapping server has of one HoA, without its keys.
     *
     * @param rotating whether a new key waits for its first use
     * @param registerNonce the highest Map-Register nonce accepted, unsigned
     */
    record Row(HomeAddress hoa, Enrolment.Edition edition, boolean rotating, long registerNonce, Mapping mapping) {
        public Row {
            requireNonNull(hoa, "hoa is null");
            requireNonNull(edition, "edition is null");
            requireNonNull(mapping, "mapping is null");
        }

        static Row of(Enrolment enrolment, Mapping mapping) {
            return new Row(enrolment.hoa(), enrolment.edition(), enrolment.successor().isPresent(),
                    enrolment.registerNonce(), mapping);
        }
    }

    /**
     * Some rows, and a point in the mapping server's life.
     *
     * @param boot another number after each of its starts
     * @param number of the newest change that the rows show
     * @param next where a listing goes on, or {@link #END}
     */
    record Rows(long boot, long number, List<Row> rows, int next) {
        public Rows {
            rows = List.copyOf(rows);
        }
    }

    /** A mapping after a write, and what becomes of its publication. */
    record Written(Mapping mapping, CompletableFuture<Published> published) {
        public Written {
            requireNonNull(mapping, "mapping is null");
            requireNonNull(published, "published is null");
        }
    }

    /**
     * A mapping as the control server knows it.
     *
     * @param owed whether it was written while the mapping server was away; then it counts as newer in the same epoch, too
     */
    record Restoration(Mapping mapping, boolean owed) {
        public Restoration {
            requireNonNull(mapping, "mapping is null");
        }
    }

    /** How many rows one answer has at most. */
    int PAGE_ROWS = 2_000;

    /** Behind the last page. */
    int END = -1;

    /** All HoAs in pages. @param from 0 at first, then what the page before said */
    Rows list(int from);

    /** What has changed since then; empty when that is not known any more, as after a start. */
    Optional<Rows> changes(long boot, long since);

    /** Of each HoA the newer edition counts. One of another birth replaces all that was known of the HoA. */
    void adopt(Collection<Enrolment> enrolments);

    /** As {@link AddressMappings#forget}. */
    CompletableFuture<Published> forget(HomeAddress hoa);

    /** @throws MappingRefusedException when the mapping server does not do it */
    Written write(Write write);

    /** Offers mappings that may be newer. Returns what the mapping server has now, refusing none aloud. */
    List<Mapping> restore(Collection<Restoration> restorations);

    /** From now on these home gateways, and no others, may register plain correspondents. */
    void replaceGateways(Collection<HomeGateway> gateways);
}
