package org.godwit.mcs.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Which creations a client may ask for a second time, and what they were answered with. Kept for {@link #KEPT}. */
public final class CreationStore {

    public static final Duration KEPT = Duration.ofHours(24);

    private final Jdbi jdbi;
    private final InstantSource clock;

    /** Claims of an earlier process are given up: what it has done, and not answered, is found by its name. */
    public CreationStore(Database database, InstantSource clock) {
        this.jdbi = database.jdbi();
        this.clock = clock;
        jdbi.useTransaction(h -> h.execute("DELETE FROM creations WHERE answer IS NULL"));
    }

    /** What becomes of a claim. */
    public sealed interface Claim {

        /** The key is new: go on, then {@link #answer} or {@link #release}. */
        record Granted() implements Claim {}

        /** It has been done. */
        record Answered(byte[] answer) implements Claim {}

        /** The first request with this key has not been answered yet. */
        record UnderWay() implements Claim {}

        /** The key was used for something else. */
        record OtherRequest() implements Claim {}
    }

    private record Row(byte[] requestHash, Optional<byte[]> answer) {}

    public Claim claim(byte[] keyHash, byte[] requestHash) {
        long now = MigrationStore.microseconds(clock.instant());
        return jdbi.inTransaction(h -> {
            h.execute("DELETE FROM creations WHERE created_at_us < ? AND answer IS NOT NULL",
                    now - KEPT.toNanos() / 1000);
            Optional<Row> earlier = h.select("SELECT request_hash, answer FROM creations WHERE key_hash = ?",
                    (Object) keyHash).map((rs, _) -> new Row(rs.getBytes(1), Optional.ofNullable(rs.getBytes(2))))
                    .findOne();
            if (earlier.isEmpty()) {
                h.execute("INSERT INTO creations (key_hash, request_hash, created_at_us) VALUES (?, ?, ?)", keyHash,
                        requestHash, now);
                return new Claim.Granted();
            }
            if (!Arrays.equals(earlier.get().requestHash(), requestHash)) {
                return new Claim.OtherRequest();
            }
            return earlier.get().answer().<Claim>map(Claim.Answered::new).orElseGet(Claim.UnderWay::new);
        });
    }

    public void answer(byte[] keyHash, byte[] answer) {
        jdbi.useTransaction(h -> h.execute("UPDATE creations SET answer = ? WHERE key_hash = ?", answer, keyHash));
    }

    /** Nothing was done: the key may be used again. */
    public void release(byte[] keyHash) {
        jdbi.useTransaction(h -> h.execute("DELETE FROM creations WHERE key_hash = ?", (Object) keyHash));
    }
}
