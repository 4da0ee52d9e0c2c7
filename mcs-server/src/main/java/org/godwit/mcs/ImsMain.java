package org.godwit.mcs;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.godwit.mcs.admin.AdminServer;
import org.godwit.mcs.http.EventLoops;
import org.godwit.mcs.http.HttpListener;
import org.godwit.mcs.identity.ImsIdentityFile;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.FloodRules;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.ims.SourceRate;
import org.godwit.mcs.operation.ServerStatus;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.operation.configuration.Findings;
import org.godwit.operation.program.ConfigurationOptions;
import org.godwit.operation.program.ConfiguredProgram;
import org.godwit.operation.program.LogOptions;
import org.godwit.operation.program.ProductVersion;
import org.godwit.operation.status.StatusServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The address mapping server as a process of its own. Ends in good order on SIGTERM and SIGINT. */
@Command(name = "godwit-ims", mixinStandardHelpOptions = true, versionProvider = ProductVersion.class, sortOptions = false, //
        description = "Godwit's address mapping server (IMS) in a process of its own.")
public final class ImsMain implements Callable<Integer>, ConfiguredProgram.Checked {

    @Mixin
    private ConfigurationOptions configurationOptions;

    @Option(names = "--data", defaultValue = "/var/lib/godwit/ims", paramLabel = "DIR", //
            description = "Folder of the database, by default ${DEFAULT-VALUE}. Holds identity.pem, too, which \"godwit ims enrol\" makes.")
    private Path data;

    @Option(names = "--ims", defaultValue = "[::]:4342", paramLabel = "[ADDR]:PORT", //
            description = "Where it listens (UDP), by default ${DEFAULT-VALUE}.")
    private Endpoint ims;

    @Option(names = "--admin", defaultValue = "[::1]:4343", paramLabel = "[ADDR]:PORT", //
            description = "Where the control server administers it, by default ${DEFAULT-VALUE}. Both show certificates.")
    private Endpoint admin;

    @Option(names = "--status", defaultValue = "[::1]:4344", paramLabel = "[ADDR]:PORT", //
            description = "/metrics, /livez and /readyz, by default ${DEFAULT-VALUE}. Plain HTTP, open to all who reach it.")
    private Endpoint status;

    @Option(names = "--questions-per-second", defaultValue = "2000", paramLabel = "N", //
            description = "What one /64 may ask in the long run, by default ${DEFAULT-VALUE}; twice that at once.")
    private int questionsPerSecond;

    @Option(names = "--registrations", defaultValue = "checked", paramLabel = "checked|unchecked", //
            description = "What owners of HoAs may register, by default ${DEFAULT-VALUE}: the address they speak from, once a second. unchecked: any, without limit, for load tests.")
    private RegistrationPolicy registrations;

    @Option(names = "--print-flood-rules", help = true, //
            description = "Print the nftables rules that keep floods from the port of --ims, and end: ... | nft -f -")
    private boolean isPrintingRules;

    @Mixin
    private LogOptions logOptions;

    @Spec
    private CommandSpec spec;

    /** @param arguments see {@code --help} */
    public static void main(String[] arguments) {
        Programs.run("godwit-ims", new ImsMain(), arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (isPrintingRules) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(FloodRules.of(ims.address().getPort(), policy()));
            out.flush();
            return 0;
        }
        Clocks clocks = new Clocks(InstantSource.system(), System::nanoTime);
        Sound sound = sound();
        try (EventLoops loops = new EventLoops();
                Database database = Database.open(data);
                ImsServer server = ImsServer.start(ims.address(), new SqliteMappingStore(database), sound.policy(),
                        clocks);
                HttpListener _ = AdminServer.start(loops.vertx(), admin.address(), server, sound.identity());
                StatusServer _ = status(database, server, clocks, loops)) {
            Programs.awaitTermination();
        }
        return 0;
    }

    private StatusServer status(Database database, ImsServer server, Clocks clocks, EventLoops loops) {
        ServerStatus shown = new ServerStatus(database, clocks.nanos());
        shown.show(server);
        return shown.serve(status.address(), loops.vertx());
    }

    @Override
    public void check() {
        sound();
    }

    private record Sound(ImsPolicy policy, ImsIdentityFile identity) {}

    private Sound sound() {
        Findings findings = new Findings();
        Sound sound = new Sound(findings.in("questions-per-second", this::policy),
                findings.in("data", () -> ImsIdentityFile.read(data)));
        findings.refuseAny();
        return sound;
    }

    private ImsPolicy policy() {
        return ImsPolicy.DEFAULT.withQuestions(new SourceRate(questionsPerSecond, 2 * questionsPerSecond))
                .withRegistrations(registrations);
    }
}
