package org.godwit.host.command;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.godwit.protocol.agent.Outcome;

/**
 * The outcomes of the last commands, by id: a repeated command is answered with its first outcome and never performed twice.
 * Bounded; commands that still run are never forgotten.
 */
final class OutcomeMemory {

    private final int finishedMax;
    private final Set<String> running = new HashSet<>();
    private final Map<String, Outcome> finished = new LinkedHashMap<>();

    OutcomeMemory(int finishedMax) {
        this.finishedMax = finishedMax;
    }

    /** What is known of a command id. */
    sealed interface Known {

        /** Never seen, or forgotten; from now on it counts as running. */
        record New() implements Known {}

        /** Its outcome will be sent when it is there. */
        record Running() implements Known {}

        record Finished(Outcome outcome) implements Known {}
    }

    synchronized Known begin(String id) {
        Optional<Outcome> outcome = Optional.ofNullable(finished.get(id));
        if (outcome.isPresent()) {
            return new Known.Finished(outcome.get());
        }
        return running.add(id) ? new Known.New() : new Known.Running();
    }

    synchronized void finish(Outcome outcome) {
        running.remove(outcome.getCommandId());
        finished.put(outcome.getCommandId(), outcome);
        if (finished.size() > finishedMax) {
            finished.remove(finished.keySet().iterator().next());
        }
    }
}
