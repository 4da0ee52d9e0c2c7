package org.godwit.mcs;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.godwit.mcs.admin.AdminToken;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The Migration Control Server as a process. Ends in good order on SIGTERM and SIGINT. */
@Command(name = "mcs-server", mixinStandardHelpOptions = true, version = "0.1.0", sortOptions = false, //
        description = "Godwit's Migration Control Server, with the mapping server inside.")
public final class Main implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the database.")
    private Path data;

    @Option(names = "--rest", defaultValue = "[::1]:8440", paramLabel = "[ADDR]:PORT", //
            description = "REST API, by default ${DEFAULT-VALUE}. Operators are not authenticated yet: keep it on loopback.")
    private Endpoint rest;

    @Option(names = "--agents", defaultValue = "[::]:8441", paramLabel = "[ADDR]:PORT", //
            description = "Where host agents dial in, by default ${DEFAULT-VALUE}.")
    private Endpoint agents;

    @Option(names = "--ims", defaultValue = "[::]:4342", paramLabel = "[ADDR]:PORT", //
            description = "Mapping server (UDP), by default ${DEFAULT-VALUE}; with --ims-admin, where another process serves it.")
    private Endpoint ims;

    @ArgGroup(exclusive = false)
    private Elsewhere elsewhere;

    private static final class Elsewhere {

        @Option(names = "--ims-admin", required = true, paramLabel = "[ADDR]:PORT", //
                description = "Use the mapping server of a godwit-ims that is administered there, none inside.")
        private Endpoint admin;

        @Option(names = "--ims-token-file", required = true, paramLabel = "FILE", //
                description = "Holds the token that it was started with, too.")
        private Path tokenFile;
    }

    @Option(names = "--ims-advertised", paramLabel = "ADDR", //
            description = "Address at which guests reach the mapping server, by default that of --ims.")
    private IPv6Address imsAdvertised;

    @Option(names = "--hoa-space", required = true, paramLabel = "PREFIX", //
            description = "Prefix of all Home Addresses, such as 2001:db8:face::/64.")
    private SitePrefix hoaSpace;

    @Option(names = "--home-gateway", paramLabel = "HOA=PREFIX", //
            description = "A home gateway, enrolled as a peer by its HoA, and the prefix of its proxy addresses.")
    private Map<HomeAddress, SitePrefix> homeGateways = new LinkedHashMap<>();

    /** @param arguments see {@code --help} */
    public static void main(String[] arguments) {
        Programs.run("mcs-server", new Main(), arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        McsConfiguration configuration = new McsConfiguration(data, rest, agents, ims, elsewhere(), advertised(),
                hoaSpace, gateways());
        try (McsServer _ = new McsServer(configuration, InstantSource.system(), System::nanoTime)) {
            Programs.awaitTermination();
        }
        return 0;
    }

    private Optional<McsConfiguration.ImsElsewhere> elsewhere() {
        if (elsewhere != null && ims.address().getPort() == 0) {
            throw new ParameterException(spec.commandLine(),
                    "--ims must name the port where the mapping server serves, since it is another process");
        }
        return Optional.ofNullable(elsewhere)
                .map(it -> new McsConfiguration.ImsElsewhere(it.admin, AdminToken.read(it.tokenFile)));
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
            throw new ParameterException(spec.commandLine(),
                    "--ims-advertised is missing: --ims names every address, so guests must be told one of them");
        }
        return ims.ipv6();
    }
}
