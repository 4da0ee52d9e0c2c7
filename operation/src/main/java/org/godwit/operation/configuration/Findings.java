package org.godwit.operation.configuration;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects what is wrong with settings that could be read but do not serve, so that all of it is said at once. */
public final class Findings {

    private final List<Problem> problems = new ArrayList<>();

    /**
     * What follows from a setting.
     *
     * @param value may throw an {@link IllegalArgumentException} with a sentence for the operator
     * @return null when the setting does not serve: see {@link #refuseAny()}
     */
    public <T> T in(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            problems.add(new Problem("settings", key, e.getMessage()));
        } catch (UncheckedIOException e) {
            problems.add(new Problem("settings", key, e.getMessage() + " (" + e.getCause() + ")"));
        }
        return null;
    }

    /** @throws ConfigurationException when anything was wrong */
    public void refuseAny() {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }
}
