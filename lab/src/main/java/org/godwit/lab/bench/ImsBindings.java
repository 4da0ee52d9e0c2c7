package org.godwit.lab.bench;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Eid;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/** The same HoAs for a mapping server's disk, for the questions to it, and for the zone of a name server. */
final class ImsBindings {

    private static final int BATCH = 20_000;
    private static final IPv6Address LOOPBACK = new IPv6Address(new byte[]{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            1 });
    private static final String ZONE = "bench.example.";
    private static final int DNS_RECURSION_NOT_DESIRED = 0;
    private static final int DNS_AAAA = 28;
    private static final int DNS_IN = 1;
    private static final int DNS_HEADER = 12;

    private final int count;

    /** @param count 1 to 2^32 - 1 */
    ImsBindings(int count) {
        this.count = count;
    }

    static HomeAddress hoa(int number) {
        return HomeAddress.of("2001:db8:face::1:" + groups(number));
    }

    static MappingKey key(int number) {
        byte[] secret = new byte[32];
        new SplittableRandom(number).nextBytes(secret);
        return MappingKey.of(secret);
    }

    /** As after one migration of each VM: an active and a retired MoA. */
    private static Mapping mapping(int number) {
        return Mapping.none(hoa(number)).activate(moa("a", number), new Epoch(1)).activate(moa("b", number),
                new Epoch(2));
    }

    private static MobileAddress moa(String site, int number) {
        return MobileAddress.of("2001:db8:" + site + "::1:" + groups(number));
    }

    private static String groups(int number) {
        return Integer.toHexString(number >>> Short.SIZE) + ":" + Integer.toHexString(number & 0xffff);
    }

    /** Writes them to the disk of a mapping server. @param data its folder; those with more than {@code bound} have no MoA */
    void write(Path data, int bound) {
        try (Database database = Database.open(data)) {
            SqliteMappingStore store = new SqliteMappingStore(database);
            for (int from = 0; from < count; from += BATCH) {
                List<Enrolment> enrolments = new ArrayList<>();
                List<Mapping> mappings = new ArrayList<>();
                for (int number = from; number < Math.min(count, from + BATCH); number++) {
                    enrolments.add(Enrolment.of(hoa(number), key(number)));
                    if (number < bound) {
                        mappings.add(mapping(number));
                    }
                }
                store.saveAll(enrolments, mappings);
            }
        }
    }

    /** Map-Requests in random order. @param subscriber who wants a signed answer; empty for the plain lookup */
    List<byte[]> lookups(int questions, Optional<HomeAddress> subscriber) {
        List<byte[]> frames = new ArrayList<>();
        for (int number : some(questions)) {
            frames.add(LispEncoder.encode(new MapRequest(0,
                    Collections.nCopies(MapRequest.ITR_RLOCS_FOR_ANY_ANSWER, LOOPBACK), new Eid.Home(hoa(number)),
                    subscriber)));
        }
        return frames;
    }

    /** DNS questions for AAAA records of the same, in the same order. */
    List<byte[]> names(int questions) {
        List<byte[]> frames = new ArrayList<>();
        for (int number : some(questions)) {
            ByteBuffer frame = ByteBuffer.allocate(512);
            frame.putShort((short) 0).putShort((short) DNS_RECURSION_NOT_DESIRED).putShort((short) 1);
            frame.position(DNS_HEADER);
            for (String label : (name(number) + "." + ZONE).split("\\.")) {
                frame.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
            }
            frame.put((byte) 0).putShort((short) DNS_AAAA).putShort((short) DNS_IN);
            byte[] bytes = new byte[frame.flip().remaining()];
            frame.get(bytes);
            frames.add(bytes);
        }
        return frames;
    }

    /** A zone with an AAAA record for each. */
    List<String> zone() {
        List<String> lines = new ArrayList<>(List.of("$ORIGIN " + ZONE, "$TTL 300",
                "@ SOA ns." + ZONE + " hostmaster." + ZONE + " 1 3600 600 86400 60", "@ NS ns." + ZONE, "ns AAAA ::1"));
        for (int number = 0; number < count; number++) {
            lines.add(name(number) + " AAAA " + moa("b", number));
        }
        return lines;
    }

    static String zoneName() {
        return ZONE;
    }

    private static String name(int number) {
        return "vm" + Integer.toHexString(number);
    }

    private int[] some(int questions) {
        RandomGenerator random = new SplittableRandom(count);
        return random.ints(questions, 0, count).toArray();
    }
}
