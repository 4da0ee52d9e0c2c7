package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a server has acknowledged, by the path of the resource. A write that was cut off counts as unclear until the server is
 * asked: then both is right, and what it says is what must stay.
 */
final class Ledger {

    private enum Standing {
        PRESENT, ABSENT, UNCLEAR
    }

    private final Map<String, Standing> standings = new HashMap<>();
    private final Map<String, Map<String, String>> fields = new HashMap<>();
    private final Set<String> touched = new HashSet<>();
    private long acknowledged;

    /** A write begins: until it is acknowledged nobody knows. */
    synchronized void begins(String path) {
        standings.put(path, Standing.UNCLEAR);
        touched.add(path);
    }

    /** @param with what the resource must show from now on */
    synchronized void created(String path, Map<String, String> with) {
        standings.put(requireNonNull(path, "path is null"), Standing.PRESENT);
        fields.put(path, Map.copyOf(with));
        acknowledged++;
    }

    synchronized void deleted(String path) {
        standings.put(requireNonNull(path, "path is null"), Standing.ABSENT);
        acknowledged++;
    }

    /** How many writes were acknowledged. */
    synchronized long acknowledged() {
        return acknowledged;
    }

    /** What was written since the last call. */
    synchronized List<String> takeTouched() {
        List<String> paths = List.copyOf(touched);
        touched.clear();
        return paths;
    }

    synchronized List<String> all() {
        return List.copyOf(standings.keySet());
    }

    /**
     * Compares with what the server says of a resource.
     *
     * @param seen its fields; empty when it does not exist
     * @return what is lost
     */
    synchronized Optional<String> compare(String path, Optional<Map<String, String>> seen) {
        return switch (standings.get(path)) {
            case PRESENT -> seen.isEmpty()
                    ? Optional.of(path + " was acknowledged and is not there")
                    : differing(path, seen.get());
            case ABSENT -> seen.map(_ -> path + " was deleted and is there");
            case UNCLEAR -> {
                standings.put(path, seen.isPresent() ? Standing.PRESENT : Standing.ABSENT);
                yield Optional.empty();
            }
        };
    }

    private Optional<String> differing(String path, Map<String, String> seen) {
        List<String> wrong = new ArrayList<>();
        fields.getOrDefault(path, Map.of()).forEach((field, value) -> {
            if (!value.equals(seen.get(field))) {
                wrong.add(field + " was acknowledged as " + value + " and is " + seen.get(field));
            }
        });
        return wrong.isEmpty() ? Optional.empty() : Optional.of(path + ": " + String.join(", ", wrong));
    }
}
