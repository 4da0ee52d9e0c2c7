package org.godwit.lab.bench;

import org.godwit.lab.LabProgram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lab/benchmark}: one command for each benchmark. */
@Command(name = "lab/benchmark", mixinStandardHelpOptions = true, description = {
        "Measures what Godwit costs, each figure beside that of what it is compared with.",
        "" }, subcommands = {
                OutageBenchmark.class,
                ShimBenchmark.class,
                ImsBenchmark.class,
                ImsRestartBenchmark.class,
                ForgedBenchmark.class,
                MoverBenchmark.class,
                CompressionBenchmark.class,
                PlannerBenchmark.class,
                LoadBenchmark.class }, footer = {"", "What they measure and how to read it: docs/benchmarks.md" })
public final class Benchmarks implements Runnable {

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        LabProgram.run(new Benchmarks(), arguments);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a benchmark");
    }
}
