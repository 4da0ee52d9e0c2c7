package org.godwit.mcs.precheck;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.godwit.model.CopyOptions;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.Name;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.TargetFacts;

/**
 * All that is known when it is judged.
 *
 * @param operation what is being done with the VM now, in words; empty when nothing is
 */
public record Facts(Journey journey, Optional<String> operation, Reply<SourceFacts> source,
        Reply<TargetFacts> target) {

    public Facts {
        requireNonNull(journey, "journey is null");
        requireNonNull(operation, "operation is null");
        requireNonNull(source, "source is null");
        requireNonNull(target, "target is null");
    }

    /** Who shall go where, and how. {@code gateway}: of the target's site, as it is recorded. */
    public record Journey(Name vm, String domain, UUID uuid, HomeAddress hoa, Name source, Name target,
            Gateway gateway, Strategy strategy, CopyOptions options) {
        public Journey {
            requireNonNull(vm, "vm is null");
            requireNonNull(domain, "domain is null");
            requireNonNull(uuid, "uuid is null");
            requireNonNull(hoa, "hoa is null");
            requireNonNull(source, "source is null");
            requireNonNull(target, "target is null");
            requireNonNull(gateway, "gateway is null");
            requireNonNull(strategy, "strategy is null");
            requireNonNull(options, "options is null");
        }

        /** Than what every hypervisor can do. */
        public boolean asksForMore() {
            return !MigrationNeeds.of(strategy, options).isEmpty();
        }
    }

    /** The same, for a VM that goes in another way. */
    public Facts by(Strategy strategy) {
        return new Facts(new Journey(journey.vm(), journey.domain(), journey.uuid(), journey.hoa(), journey.source(),
                journey.target(), journey.gateway(), strategy, journey.options()), operation, source, target);
    }

    /**
     * What an agent has answered, or why it has not.
     *
     * @param asked when the question left, by the control server's clock
     * @param answered when the answer was there
     */
    public record Reply<T>(Optional<T> facts, String silence, Instant asked, Instant answered) {
        public Reply {
            requireNonNull(facts, "facts is null");
            requireNonNull(silence, "silence is null");
            requireNonNull(asked, "asked is null");
            requireNonNull(answered, "answered is null");
        }
    }

    /** A host that is silent altogether is told once, by {@link Check#AGENTS}. */
    void ofSource(BiConsumer<SourceFacts, Known> then) {
        source.facts().ifPresent(facts -> then.accept(facts, new Known(journey.source().text(),
                facts.getUnknownMap())));
    }

    void ofTarget(BiConsumer<TargetFacts, Known> then) {
        target.facts().ifPresent(facts -> then.accept(facts, new Known(journey.target().text(),
                facts.getUnknownMap())));
    }

    /** Tells a fact from what a host could not find out. */
    record Known(String host, Map<String, String> unknown) {

        /** The fact; or empty, and a finding that says why. */
        <F, T> Optional<T> get(F facts, String field, Predicate<F> has, Function<F, T> get, Findings findings) {
            if (has.test(facts)) {
                return Optional.of(get.apply(facts));
            }
            missing(field, findings);
            return Optional.empty();
        }

        /** Of a field without presence: it counts unless the host says that it does not. */
        boolean has(String field, Findings findings) {
            if (unknown.containsKey(field)) {
                missing(field, findings);
                return false;
            }
            return true;
        }

        private void missing(String field, Findings findings) {
            findings.unknown(host,
                    unknown.getOrDefault(field, "its agent says nothing of it; install matching versions")
                            + ".");
        }
    }
}
