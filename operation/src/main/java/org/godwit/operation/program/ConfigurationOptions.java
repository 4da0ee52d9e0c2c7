package org.godwit.operation.program;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What every program with a configuration file has, as a mixin. {@link ConfiguredProgram} acts on it. */
public final class ConfigurationOptions {

    static final String FILE = "--config";

    @Option(names = FILE, paramLabel = "FILE", description = "Reads settings from a file: each option below is one,"
            + " without the dashes. What the command line says overrides.")
    private Path file;

    @Option(names = "--check-config", description = "Says what is wrong with file and options, and ends.")
    private boolean check;

    @Option(names = "--print-config", description = "Prints what would be in force and where it was set, and ends.")
    private boolean print;

    boolean check() {
        return check;
    }

    boolean print() {
        return print;
    }
}
