package org.godwit.mcs;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import org.godwit.mcs.operation.Backup;
import org.godwit.operation.program.ProductVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Backups of a server's data folder, made on the control node itself; with the authority's key, unlike those by REST. */
@Command(name = "mcs-backup", mixinStandardHelpOptions = true, versionProvider = ProductVersion.class, sortOptions = false, //
        description = {"Backs up the data folder of an mcs-server or a godwit-ims, and restores it.",
                "To be run as the server's user, on the node where it is." })
public final class BackupMain {

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", scope = ScopeType.INHERIT, defaultValue = "/var/lib/godwit/mcs-server", paramLabel = "DIR", //
            description = "The server's data folder, by default ${DEFAULT-VALUE}.")
    private Path data;

    /** Exits 0 when it is done, 1 when it cannot be done, 2 when the arguments are wrong. @param arguments see {@code --help} */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BackupMain()).setExecutionExceptionHandler((e, line, _) -> {
            String cause = e instanceof UncheckedIOException ? " (" + e.getCause() + ")" : "";
            line.getErr().println("mcs-backup: " + e.getMessage() + cause);
            return ExitCode.SOFTWARE;
        });
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Makes a backup; the server may go on meanwhile.")
    void create(@Parameters(paramLabel = "FILE", description = "Does not exist yet.") Path file) {
        say("created " + file + " " + Backup.create(data, file, Backup.Contents.ALL, Clock.systemUTC().instant()));
    }

    @Command(name = "verify", mixinStandardHelpOptions = true, description = "Says whether a backup is whole and can be restored by this version.")
    void verify(@Parameters(paramLabel = "FILE", description = "A backup.") Path file) {
        say(file + " is whole, " + Backup.verify(file));
    }

    @Command(name = "restore", mixinStandardHelpOptions = true, description = "Makes an empty data folder what it was when the backup was made. Start the server then.")
    void restore(@Parameters(paramLabel = "FILE", description = "A backup.") Path file) {
        Backup.Manifest manifest = Backup.restore(file, data);
        say("restored to " + data + ": " + manifest);
        if (!manifest.sha256().containsKey("ca.key")) {
            say("the authority's key is not in it: put ca.key into " + data
                    + " before the server starts, or every host must be enrolled anew");
        }
    }

    private void say(String sentence) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(sentence);
        out.flush();
    }
}
