package org.godwit.operation.program;

import org.godwit.operation.log.LogFormat;
import picocli.CommandLine.Option;

/** What every program with a log has, as a mixin; a setting like the others. {@link ConfiguredProgram} acts on it. */
public final class LogOptions {

    @Option(names = "--log-format", defaultValue = "text", paramLabel = "text|json", description = "How the lines of the log are written, by default ${DEFAULT-VALUE}: for people, or for programs.")
    private LogFormat format;

    LogFormat format() {
        return format;
    }
}
