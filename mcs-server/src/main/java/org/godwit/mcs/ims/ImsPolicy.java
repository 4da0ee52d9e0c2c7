package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What a mapping server allows.
 *
 * @param questions Map-Requests of one source; those beyond are dropped
 * @param failures messages of one source that carry no proof or a wrong one; while there are more, none of its signed messages
 *        is looked at, since each costs a computation
 * @param registrations what an owner may register
 * @param keyOverlap how long the old key of a HoA is good after a new one was made, if nobody uses the new one; at least a minute
 */
public record ImsPolicy(PublicationPolicy publication, SourceRate questions, SourceRate failures,
        RegistrationPolicy registrations, Duration keyOverlap) {

    public static final ImsPolicy DEFAULT = new ImsPolicy(PublicationPolicy.DEFAULT, new SourceRate(2_000, 4_000),
            new SourceRate(1_000, 2_000), RegistrationPolicy.CHECKED, Duration.ofHours(24));

    /** @throws IllegalArgumentException when a value is out of its range */
    public ImsPolicy {
        requireNonNull(publication, "publication is null");
        requireNonNull(questions, "questions is null");
        requireNonNull(failures, "failures is null");
        requireNonNull(registrations, "registrations is null");
        if (keyOverlap.toMinutes() < 1) {
            throw new IllegalArgumentException("keyOverlap must be at least a minute, got " + keyOverlap);
        }
    }

    /** The same with another rate of questions. */
    public ImsPolicy withQuestions(SourceRate rate) {
        return new ImsPolicy(publication, rate, failures, registrations, keyOverlap);
    }

    /** The same with other rules for owners. */
    public ImsPolicy withRegistrations(RegistrationPolicy rules) {
        return new ImsPolicy(publication, questions, failures, rules, keyOverlap);
    }
}
