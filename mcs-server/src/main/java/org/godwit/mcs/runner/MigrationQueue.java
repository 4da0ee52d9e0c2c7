package org.godwit.mcs.runner;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.godwit.model.Name;

/**
 * Which migrations run, and which wait for their turn. Decides only; for one thread at a time.
 *
 * <p>Fair means: the next is the one whose source host has the fewest that run, and among those of one host the oldest. So a
 * host that is drained of a hundred VMs does not keep a single one of another host waiting. One that does not fit is passed
 * over, so that a busy host or link holds up nobody else. But a migration that has been overtaken {@link #OVERTAKEN_MAX} times
 * by younger ones that took what it needs is passed over no more: its hosts and its link are kept free for it.
 */
final class MigrationQueue {

    static final int OVERTAKEN_MAX = 8;

    /** @param sourceSite where the source host is; so for the target */
    record Entry(UUID id, Name source, Name sourceSite, Name target, Name targetSite) {

        private boolean touches(Name host) {
            return source.equals(host) || target.equals(host);
        }

        private Set<Name> link() {
            return new HashSet<>(List.of(sourceSite, targetSite));
        }

        private boolean shares(Entry other) {
            return touches(other.source) || touches(other.target) || link().equals(other.link());
        }
    }

    /** @param position among those that wait, from 1 */
    record Waiting(int position, String reason) {}

    private static final class Place {
        private final Entry entry;
        private int overtaken;

        private Place(Entry entry) {
            this.entry = entry;
        }
    }

    private final ConcurrencyLimits limits;
    private final Map<UUID, Entry> running = new LinkedHashMap<>();
    /** The oldest first. */
    private final Map<UUID, Place> waiting = new LinkedHashMap<>();

    MigrationQueue(ConcurrencyLimits limits) {
        this.limits = limits;
    }

    /** It runs already, whatever the limits say: it did so before they were lowered, or before a restart. */
    void runs(Entry entry) {
        running.put(entry.id(), entry);
    }

    void add(Entry entry) {
        waiting.put(entry.id(), new Place(entry));
    }

    /** It has ended, or does not want to begin any more. @return whether it was waiting */
    boolean remove(UUID id) {
        running.remove(id);
        return waiting.remove(id) != null;
    }

    /** Those that may begin now, in this order. From now on they run. */
    List<Entry> admit() {
        List<Entry> admitted = new ArrayList<>();
        for (Optional<Place> next = next(); next.isPresent(); next = next()) {
            Entry entry = next.get().entry;
            for (Place older : waiting.values()) {
                if (older == next.get()) {
                    break;
                }
                if (older.entry.shares(entry)) {
                    older.overtaken++;
                }
            }
            waiting.remove(entry.id());
            running.put(entry.id(), entry);
            admitted.add(entry);
        }
        return admitted;
    }

    /** Empty when it does not wait. */
    Optional<Waiting> waiting(UUID id) {
        List<Place> order = order();
        for (int i = 0; i < order.size(); i++) {
            Entry entry = order.get(i).entry;
            if (entry.id().equals(id)) {
                return Optional.of(new Waiting(i + 1, obstacle(entry).orElse("it is about to begin")));
            }
        }
        return Optional.empty();
    }

    private Optional<Place> next() {
        return order().stream().filter(place -> obstacle(place.entry).isEmpty()).findFirst();
    }

    private List<Place> order() {
        return waiting.values().stream().sorted(Comparator
                .comparing((Place place) -> place.overtaken < OVERTAKEN_MAX)
                .thenComparing(place -> running.values().stream()
                        .filter(other -> other.source().equals(place.entry.source())).count()))
                .toList();
    }

    /** Why it cannot begin now. */
    private Optional<String> obstacle(Entry entry) {
        if (running.size() >= limits.total()) {
            return Optional.of(migrations(running.size()) + " under way, of at most " + limits.total());
        }
        for (Name host : List.of(entry.source(), entry.target())) {
            long busy = running.values().stream().filter(other -> other.touches(host)).count();
            if (busy >= limits.perHost()) {
                return Optional.of("host " + host + " takes part in " + migrations(busy) + ", of at most "
                        + limits.perHost());
            }
        }
        long busy = running.values().stream().filter(other -> other.link().equals(entry.link())).count();
        if (busy >= limits.perLink()) {
            return Optional.of(migrations(busy) + " under way " + between(entry) + ", of at most " + limits.perLink());
        }
        return waiting.values().stream()
                .filter(place -> place.overtaken >= OVERTAKEN_MAX && !place.entry.equals(entry)
                        && place.entry.shares(entry) && isBefore(place.entry, entry))
                .findFirst().map(place -> "migration " + place.entry.id() + " has waited longer and needs the same");
    }

    private boolean isBefore(Entry first, Entry second) {
        for (UUID id : waiting.keySet()) {
            if (id.equals(first.id())) {
                return true;
            }
            if (id.equals(second.id())) {
                return false;
            }
        }
        return false;
    }

    private static String migrations(long count) {
        return count == 1 ? "1 migration" : count + " migrations";
    }

    private static String between(Entry entry) {
        return entry.sourceSite().equals(entry.targetSite())
                ? "within site " + entry.sourceSite()
                : "between sites " + entry.sourceSite() + " and " + entry.targetSite();
    }
}
