package org.godwit.mcs;

import inet.ipaddr.ipv6.IPv6Address;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.operation.configuration.ConfigurationException;
import org.godwit.operation.program.ConfiguredProgram;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What the programs of this module have in common. */
final class Programs {

    private Programs() {}

    private static final CountDownLatch TERMINATION = new CountDownLatch(1);

    /** Reads the arguments and runs the program; ends the process with its status unless that is 0. */
    static void run(String name, Callable<Integer> program, String[] arguments) {
        CountDownLatch over = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
            TERMINATION.countDown();
            awaitQuietly(over);
        }));
        int status = ConfiguredProgram.run(commandLine(name, program), arguments);
        over.countDown();
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Knows how to read this module's types. */
    static CommandLine commandLine(String name, Callable<Integer> program) {
        return new CommandLine(program).registerConverter(Endpoint.class, reading(Endpoint::of))
                .registerConverter(SitePrefix.class, reading(SitePrefix::of))
                .registerConverter(HomeAddress.class, reading(HomeAddress::of))
                .registerConverter(RegistrationPolicy.class, reading(RegistrationPolicy::of))
                .registerConverter(IPv6Address.class, reading(Endpoint::ipv6))
                .setExecutionExceptionHandler((e, line, _) -> {
                    line.getErr().println(name + " cannot start: " + e.getMessage());
                    return e instanceof ConfigurationException ? ExitCode.USAGE : ExitCode.SOFTWARE;
                });
    }

    /** As a signal would, but it counts as a failure. */
    static void terminate() {
        Thread.ofPlatform().name("terminate").start(() -> System.exit(1));
    }

    /** Returns when the process is told to end; it then has the time to do so that {@link #run} takes to return. */
    static void awaitTermination() throws InterruptedException {
        TERMINATION.await();
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
