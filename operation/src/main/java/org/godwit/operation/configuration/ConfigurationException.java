package org.godwit.operation.configuration;

import java.util.List;
import java.util.stream.Collectors;

/** All that is wrong with a configuration, a line each. */
public final class ConfigurationException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }
}
