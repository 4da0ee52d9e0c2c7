package org.godwit.mcs;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.operation.configuration.Findings;
import org.godwit.operation.program.ConfigurationOptions;
import org.godwit.operation.program.ConfiguredProgram;
import org.godwit.operation.program.LogOptions;
import org.godwit.operation.program.ProductVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The Migration Control Server as a process. Ends in good order on SIGTERM and SIGINT. */
@Command(name = "mcs-server", mixinStandardHelpOptions = true, versionProvider = ProductVersion.class, sortOptions = false, //
        description = "Godwit's Migration Control Server, with the mapping server inside.")
public final class Main implements Callable<Integer>, ConfiguredProgram.Checked {

    @Mixin
    private ConfigurationOptions configurationOptions;

    @Option(names = "--data", defaultValue = "/var/lib/godwit/mcs-server", paramLabel = "DIR", //
            description = "Folder of the database and of the keys, by default ${DEFAULT-VALUE}.")
    private Path data;

    @Option(names = "--rest", defaultValue = "[::1]:8440", paramLabel = "[ADDR]:PORT", //
            description = "REST API, by default ${DEFAULT-VALUE}. HTTPS, for operators with a token.")
    private Endpoint rest;

    @Option(names = "--name", split = "\\s*,\\s*", paramLabel = "NAME|ADDR", //
            description = "What else this server is reached by: stands in its certificate.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--agents", defaultValue = "[::]:8441", paramLabel = "[ADDR]:PORT", //
            description = "Where host agents dial in, by default ${DEFAULT-VALUE}.")
    private Endpoint agents;

    @Option(names = "--status", defaultValue = "[::1]:8442", paramLabel = "[ADDR]:PORT", //
            description = "/metrics, /livez and /readyz, by default ${DEFAULT-VALUE}. Plain HTTP, open to all who reach it.")
    private Endpoint status;

    @Option(names = "--ims", defaultValue = "[::]:4342", paramLabel = "[ADDR]:PORT", //
            description = "Mapping server (UDP), by default ${DEFAULT-VALUE}; with --ims-admin, where another process serves it.")
    private Endpoint ims;

    @Option(names = "--ims-admin", paramLabel = "[ADDR]:PORT", //
            description = "Use the mapping server of a godwit-ims that is administered there, none inside.")
    private Endpoint imsAdmin;

    @Option(names = "--ims-advertised", paramLabel = "ADDR", //
            description = "Address at which guests reach the mapping server, by default that of --ims.")
    private IPv6Address imsAdvertised;

    @Option(names = "--registrations", defaultValue = "checked", paramLabel = "checked|unchecked", //
            description = "What owners of HoAs may register at the mapping server inside, by default ${DEFAULT-VALUE}: the address they speak from, once a second. unchecked: any, without limit, for load tests.")
    private RegistrationPolicy registrations;

    @Option(names = "--hoa-space", required = true, paramLabel = "PREFIX", //
            description = "Prefix of all Home Addresses, such as 2001:db8:face::/64.")
    private SitePrefix hoaSpace;

    @Option(names = "--home-gateway", split = "\\s*,\\s*", paramLabel = "HOA=PREFIX", //
            description = "A home gateway, enrolled as a peer by its HoA, and the prefix of its proxy addresses.")
    private Map<HomeAddress, SitePrefix> homeGateways = new LinkedHashMap<>();

    @Option(names = "--migrations-max", defaultValue = "20", paramLabel = "COUNT", //
            description = "So many migrations run at a time, by default ${DEFAULT-VALUE}; others wait for their turn.")
    private int migrationsMax;

    @Option(names = "--migrations-per-host-max", defaultValue = "2", paramLabel = "COUNT", //
            description = "Of these from and to one host, by default ${DEFAULT-VALUE}.")
    private int migrationsPerHostMax;

    @Option(names = "--migrations-per-link-max", defaultValue = "4", paramLabel = "COUNT", //
            description = "Of these between two sites, both ways together, by default ${DEFAULT-VALUE}.")
    private int migrationsPerLinkMax;

    @Option(names = "--shutdown-seconds-max", defaultValue = "180", paramLabel = "SECONDS", //
            description = "So long a guest may take to shut down for a cold migration, by default ${DEFAULT-VALUE}; then it is left alone and the VM stays.")
    private int shutdownSecondsMax;

    @Mixin
    private LogOptions logOptions;

    /** @param arguments see {@code --help} */
    public static void main(String[] arguments) {
        Programs.run("mcs-server", new Main(), arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        try (McsServer _ = new McsServer(configuration(), InstantSource.system(), System::nanoTime,
                Programs::terminate)) {
            Programs.awaitTermination();
        }
        return 0;
    }

    @Override
    public void check() {
        configuration();
    }

    private McsConfiguration configuration() {
        Findings findings = new Findings();
        findings.in("ims", this::port);
        IPv6Address advertised = findings.in("ims-advertised", this::advertised);
        List<HomeGateway> gateways = findings.in("home-gateway", this::gateways);
        ConcurrencyLimits concurrency = findings.in("migrations-max",
                () -> new ConcurrencyLimits(migrationsMax, migrationsPerHostMax, migrationsPerLinkMax));
        StepLimits limits = findings.in("shutdown-seconds-max",
                () -> StepLimits.DEFAULT.withShutdown(Duration.ofSeconds(shutdownSecondsMax)));
        findings.refuseAny();
        return new McsConfiguration(data, names, rest, agents, status, ims, Optional.ofNullable(imsAdmin), advertised,
                hoaSpace, gateways, registrations, concurrency, limits);
    }

    private int port() {
        int port = ims.address().getPort();
        if (imsAdmin != null && port == 0) {
            throw new IllegalArgumentException(
                    "must name the port where the mapping server serves, since it is another process");
        }
        return port;
    }

    private List<HomeGateway> gateways() {
        return homeGateways.entrySet().stream()
                .map(entry -> new HomeGateway(entry.getKey(), entry.getValue(), hoaSpace)).toList();
    }

    private IPv6Address advertised() {
        if (imsAdvertised != null) {
            return imsAdvertised;
        }
        if (ims.address().getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException(
                    "is missing: ims names every address, so guests must be told one of them");
        }
        return ims.ipv6();
    }
}
