package org.godwit.mcs;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

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
            description = "Mapping server (UDP), by default ${DEFAULT-VALUE}.")
    private Endpoint ims;

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
        int status = new CommandLine(new Main()).registerConverter(Endpoint.class, reading(Endpoint::of))
                .registerConverter(SitePrefix.class, reading(SitePrefix::of))
                .registerConverter(HomeAddress.class, reading(HomeAddress::of))
                .registerConverter(IPv6Address.class, reading(Endpoint::ipv6))
                .setExecutionExceptionHandler((e, line, _) -> {
                    line.getErr().println("mcs-server cannot start: " + e.getMessage());
                    return 1;
                }).execute(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        McsConfiguration configuration = new McsConfiguration(data, rest, agents, ims, advertised(), hoaSpace,
                gateways());
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
            stop.countDown();
            awaitQuietly(stopped);
        }));
        try (McsServer _ = new McsServer(configuration, InstantSource.system(), System::nanoTime)) {
            stop.await();
        } finally {
            stopped.countDown();
        }
        return 0;
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
                    "--ims-advertised is missing: --ims listens on every address, so guests must be told one of them");
        }
        return ims.ipv6();
    }

    /** picocli shows the message of this one exception as it is. */
    private static <T> ITypeConverter<T> reading(Function<String, T> reader) {
        return text -> {
            try {
                return reader.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
