package org.godwit.mcs.precheck;

import static java.util.Objects.requireNonNull;

/**
 * Something that speaks against a migration.
 *
 * @param problem a sentence: what is wrong
 * @param remedy a sentence: what to do about it
 */
public record Finding(Check check, Severity severity, String problem, String remedy) {

    static final int LENGTH_MAX = 500;

    /** What follows from a finding. */
    public enum Severity {
        /** The migration does not begin. */
        ERROR,
        /** It begins, and the operator is told. */
        WARNING
    }

    public Finding {
        requireNonNull(check, "check is null");
        requireNonNull(severity, "severity is null");
        problem = bounded(requireNonNull(problem, "problem is null"));
        remedy = bounded(requireNonNull(remedy, "remedy is null"));
    }

    /** The problem, as a sentence. */
    public String sentence() {
        return Character.toUpperCase(problem.charAt(0)) + problem.substring(1) + (problem.endsWith(".") ? "" : ".");
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** Parts of it are what agents and guests have said. */
    private static String bounded(String text) {
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX - 1) + "…";
    }
}
