package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.model.MigrationPhase;

/**
 * Who is killed, and when.
 *
 * @param phase the kill comes when a migration has entered it
 */
public record Strike(Victim victim, MigrationPhase phase) {

    /** The phases that every undisturbed migration goes through and in which there is something to disturb, and the way back. */
    public static final List<MigrationPhase> PHASES = List.of(MigrationPhase.CHECKED, MigrationPhase.GATEWAY_STAGED,
            MigrationPhase.ADDRESS_STAGED, MigrationPhase.TARGET_PREPARED, MigrationPhase.COPYING,
            MigrationPhase.SWITCHOVER, MigrationPhase.REBINDING, MigrationPhase.ROLLBACK);

    public Strike {
        requireNonNull(victim, "victim is null");
        requireNonNull(phase, "phase is null");
        if (!PHASES.contains(phase)) {
            throw new IllegalArgumentException("phase must be one of " + PHASES + ", got " + phase);
        }
    }

    /** Every victim in every phase. */
    public static List<Strike> all() {
        return Arrays.stream(Victim.values())
                .flatMap(victim -> PHASES.stream().map(phase -> new Strike(victim, phase))).toList();
    }

    /**
     * Some of them: every victim equally often, and the phases as evenly as that allows.
     *
     * @param perVictim 1 to 8
     */
    public static List<Strike> sample(int perVictim, RandomGenerator random) {
        if (perVictim < 1 || perVictim > PHASES.size()) {
            throw new IllegalArgumentException("perVictim must be 1 to " + PHASES.size() + ", got " + perVictim);
        }
        List<MigrationPhase> phases = new ArrayList<>(PHASES);
        Collections.shuffle(phases, random);
        List<Strike> strikes = new ArrayList<>();
        int next = 0;
        for (Victim victim : Victim.values()) {
            for (int i = 0; i < perVictim; i++) {
                strikes.add(new Strike(victim, phases.get(next++ % phases.size())));
            }
        }
        return List.copyOf(strikes);
    }

    /** Reads {@code mcs@COPYING}. @throws IllegalArgumentException that names the part which is wrong */
    public static Strike parse(String text) {
        String[] parts = text.split("@", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("a strike is written VICTIM@PHASE, got \"" + text + "\"");
        }
        Victim victim = Arrays.stream(Victim.values()).filter(v -> v.word().equals(parts[0])).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the victim must be one of "
                        + words(Arrays.stream(Victim.values()).map(Victim::word)) + ", got \"" + parts[0] + "\""));
        MigrationPhase phase = PHASES.stream().filter(p -> p.name().equals(parts[1])).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the phase must be one of "
                        + words(PHASES.stream().map(Enum::name)) + ", got \"" + parts[1] + "\""));
        return new Strike(victim, phase);
    }

    private static String words(Stream<String> words) {
        return words.collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return victim.word() + "@" + phase;
    }
}
