package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

/**
 * Why a step did not succeed.
 *
 * @param code a word for programs, in snake case: the agent's failure codes in lower case, and {@code time_limit},
 *        {@code cancelled}, {@code vm_at_target}, {@code mapping_server}
 * @param message one sentence for the operator: what is wrong and what to do
 */
public record MigrationFailure(String code, String message) {

    public MigrationFailure {
        requireNonNull(code, "code is null");
        requireNonNull(message, "message is null");
        if (!code.matches("[a-z][a-z0-9_]*")) {
            throw new IllegalArgumentException("failure code must be a snake case word, got \"" + code + "\"");
        }
    }
}
