package org.godwit.lab;

import picocli.CommandLine;

/** A command of the lab, run to the end of its process. */
public final class LabProgram {

    private LabProgram() {}

    /** What the lab itself complains of is said in one line; anything else is a defect and shows where. */
    public static void run(Object command, String[] arguments) {
        System.exit(new CommandLine(command).setExecutionExceptionHandler((e, line, _) -> {
            if (!(e instanceof LabException)) {
                throw e;
            }
            line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + e.getMessage());
            return 1;
        }).execute(arguments));
    }
}
