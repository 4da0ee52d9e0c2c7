package org.godwit.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/** The command as a function: arguments and surroundings in, exit code out. */
public final class Godwit {

    private static final int USAGE_WIDTH = 100;

    private Godwit() {}

    /** @return an exit code of {@link ExitStatus} */
    public static int run(Surroundings surroundings, String... arguments) {
        return commandLine(surroundings).execute(arguments);
    }

    static CommandLine commandLine(Surroundings surroundings) {
        GodwitCommand godwit = new GodwitCommand(surroundings);
        CommandLine line = new CommandLine(godwit);
        line.addSubcommand(new SiteCommand(godwit)).addSubcommand(new GatewayCommand(godwit))
                .addSubcommand(new CommandLine(new HostCommand(godwit)).addSubcommand(new HostEnrolCommand(godwit)))
                .addSubcommand(new VmCommand(godwit))
                .addSubcommand(new PeerCommand(godwit)).addSubcommand(new BindingCommand(godwit))
                .addSubcommand(new MigrationCommand(godwit)).addSubcommand(new MigrateCommand(godwit))
                .addSubcommand(new WhyCommand(godwit)).addSubcommand(new EventsCommand(godwit))
                .addSubcommand(new ContextCommand(godwit)).addSubcommand(new TokenCommand(godwit))
                .addSubcommand(new AuditCommand(godwit)).addSubcommand(new AuthorityCommand(godwit))
                .addSubcommand(new ImsCommand(godwit)).addSubcommand(new BackupCommand(godwit))
                .addSubcommand(new CompletionCommand(surroundings))
                .addSubcommand(new NamesCommand(godwit))
                .addSubcommand(new VersionCommand(godwit));
        line.getCommandSpec().usageMessage().exitCodeList(ExitStatus.all());
        Ansi ansi = surroundings.keyboard().isPresent() ? Ansi.AUTO : Ansi.OFF;
        return line.setOut(surroundings.out()).setErr(surroundings.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(ansi)).setUsageHelpWidth(USAGE_WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true).setParameterExceptionHandler(Godwit::badUsage)
                .setExecutionExceptionHandler((failure, _, _) -> failed(surroundings, failure));
    }

    private static int badUsage(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        command.getErr().println("godwit: " + problem.getMessage() + "; see "
                + command.getCommandSpec().qualifiedName() + " --help");
        return ExitStatus.BAD_USAGE.code();
    }

    private static int failed(Surroundings surroundings, Exception failure) {
        if (failure instanceof CommandFailure expected) {
            surroundings.err().println("godwit: " + expected.getMessage());
            return expected.status().code();
        }
        surroundings.err().println("godwit: a fault of this command itself, please report it with what follows");
        failure.printStackTrace(surroundings.err());
        return ExitStatus.FAILED.code();
    }
}
