package org.godwit.host.alone;

import static org.godwit.host.alone.Stand.*;
import static org.godwit.host.alone.StandEvent.*;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table. Where a row is missing the event changes nothing; a step that needs what is missing must then not be taken.
 *
 * <p>Alone, an agent undoes what no copy builds on, lets a copy end, and finishes what has arrived. It never resumes, ends or
 * moves a domain: that would need the other host's word.
 */
public final class StandTable {

    /** @param alone what the agent does by itself on entering {@code to}; only rows of what is seen have it */
    public record Row(Stand from, StandEvent event, Stand to, Optional<Deed> alone) {}

    private static final Map<Stand, Map<StandEvent, Row>> ROWS = new EnumMap<>(Stand.class);

    static {
        for (Stand any : Stand.values()) {
            row(any, GATEWAY_STAGING, STAGED);
            row(any, VM_EXPECTED, EXPECTED);
        }
        // ---- source, before the copy ----
        row(STAGED, ADDRESS_STAGING, STAGED);
        row(STAGED, ARMING, STAGED);
        row(STAGED, UNSTAGED, IDLE);
        row(STAGED, STAGING_REMOVED, IDLE);
        row(STAGED, SEEN_RUNNING, REVERTING, Deed.UNSTAGE);
        row(STAGED, SEEN_ABSENT, REVERTING, Deed.REMOVE_STAGING);
        // ---- the copy: begun once, and only its own end or the hypervisor's word ends it ----
        row(STAGED, COPY_BEGINS, COPYING);
        row(COPYING, COPY_SUCCEEDED, LEFT);
        row(COPYING, COPY_FAILED, REVERTING);
        row(COPYING, UNSTAGED, IDLE);
        row(COPYING, STAGING_REMOVED, IDLE);
        row(COPYING, SEEN_RUNNING, REVERTING, Deed.UNSTAGE);
        row(COPYING, SEEN_ABSENT, LEFT, Deed.REMOVE_STAGING);
        // ---- after it ----
        row(LEFT, UNSTAGED, IDLE);
        row(LEFT, STAGING_REMOVED, IDLE);
        row(LEFT, SEEN_ABSENT, LEFT, Deed.REMOVE_STAGING);
        row(REVERTING, UNSTAGED, IDLE);
        row(REVERTING, STAGING_REMOVED, IDLE);
        row(REVERTING, SEEN_RUNNING, REVERTING, Deed.UNSTAGE);
        row(REVERTING, SEEN_ABSENT, REVERTING, Deed.REMOVE_STAGING);
        // ---- target ----
        row(EXPECTED, VM_ARRIVED, ARRIVED);
        row(EXPECTED, GUEST_SETTLED, IDLE);
        row(EXPECTED, TARGET_DISCARDED, IDLE);
        row(EXPECTED, SEEN_RUNNING, ARRIVED, Deed.SETTLE);
        // it may still come: so only the link is left alone, and the stand stays
        row(EXPECTED, SEEN_ABSENT, EXPECTED, Deed.DISCARD);
        row(ARRIVED, GUEST_SETTLED, IDLE);
        row(ARRIVED, SEEN_RUNNING, ARRIVED, Deed.SETTLE);
        row(ARRIVED, SEEN_ABSENT, IDLE);
    }

    private StandTable() {}

    private static void row(Stand from, StandEvent event, Stand to) {
        add(new Row(from, event, to, Optional.empty()));
    }

    private static void row(Stand from, StandEvent event, Stand to, Deed alone) {
        add(new Row(from, event, to, Optional.of(alone)));
    }

    private static void add(Row row) {
        Row before = ROWS.computeIfAbsent(row.from(), _ -> new EnumMap<>(StandEvent.class)).put(row.event(), row);
        if (before != null) {
            throw new IllegalArgumentException(row + " can never decide, because of " + before);
        }
    }

    public static Optional<Row> find(Stand stand, StandEvent event) {
        return Optional.ofNullable(ROWS.get(stand).get(event));
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        ROWS.values().forEach(of -> rows.addAll(of.values()));
        return rows;
    }
}
