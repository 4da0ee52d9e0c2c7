package org.godwit.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command as a function: arguments and surroundings in, exit code out. */
public final class Godwit {

    private static final int USAGE_WIDTH = 100;

    private Godwit() {}

    /** @return an exit code of {@link ExitStatus} */
    public static int run(Surroundings surroundings, String... arguments) {
        return commandLine(surroundings, new HashSet<>(List.of(arguments))).execute(arguments);
    }

    /** With every command. */
    static CommandLine commandLine(Surroundings surroundings) {
        return commandLine(surroundings, Set.of());
    }

    /**
     * To read the annotations of every command takes longer than most commands do.
     *
     * @param words those commands alone that are among them; all when none is
     */
    private static CommandLine commandLine(Surroundings surroundings, Set<String> words) {
        GodwitCommand godwit = new GodwitCommand(surroundings);
        List<Object> commands = List.of(new SiteCommand(godwit), new GatewayCommand(godwit), new HostCommand(godwit),
                new VmCommand(godwit), new PeerCommand(godwit), new BindingCommand(godwit),
                new MigrationCommand(godwit), new MigrateCommand(godwit), new WhyCommand(godwit),
                new EventsCommand(godwit), new ContextCommand(godwit), new TokenCommand(godwit),
                new AuditCommand(godwit), new AuthorityCommand(godwit), new ImsCommand(godwit),
                new BackupCommand(godwit), new CompletionCommand(surroundings), new NamesCommand(godwit),
                new VersionCommand(godwit));
        List<Object> named = commands.stream().filter(command -> words.contains(name(command))).toList();
        CommandLine line = new CommandLine(godwit);
        for (Object command : named.isEmpty() ? commands : named) {
            line.addSubcommand(command instanceof HostCommand
                    ? new CommandLine(command).addSubcommand(new HostEnrolCommand(godwit))
                    : command);
        }
        line.getCommandSpec().usageMessage().exitCodeList(ExitStatus.all());
        Ansi ansi = surroundings.keyboard().isPresent() ? Ansi.AUTO : Ansi.OFF;
        return line.setOut(surroundings.out()).setErr(surroundings.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(ansi)).setUsageHelpWidth(USAGE_WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true).setParameterExceptionHandler(Godwit::badUsage)
                .setExecutionExceptionHandler((failure, _, _) -> failed(surroundings, failure));
    }

    private static String name(Object command) {
        return command.getClass().getAnnotation(Command.class).name();
    }

    private static int badUsage(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        List<String> meant = problem instanceof UnmatchedArgumentException unmatched
                ? unmatched.getSuggestions().stream().limit(2).toList()
                : List.of();
        command.getErr().println("godwit: " + problem.getMessage()
                + (meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?") + "; see "
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
