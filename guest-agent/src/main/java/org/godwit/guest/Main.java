package org.godwit.guest;

import java.io.FileInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.godwit.guest.ims.ImsClient;
import org.godwit.operation.configuration.BuildVersion;
import org.godwit.operation.configuration.ConfigurationException;
import org.godwit.shim.KernelDataPlane;
import org.godwit.shim.KernelProbe;
import org.godwit.shim.ShimException;

/** The guest agent. See {@link Options#USAGE}. */
public final class Main {

    private static final Duration IP_LIMIT = Duration.ofSeconds(5);

    /** How long after a failure to try again, and how long between two registrations (RFC 9301, section 5.6). */
    private static final long RETRY_MS = 2_000;
    private static final long REGISTRATION_MS = 60_000;

    /** How often to look for a host at the far end of the port. */
    private static final long ABSENCE_MS = 100;

    private final LineLog log = new LineLog(System.err, System::currentTimeMillis);
    private final Interfaces interfaces = new KernelInterfaces(new IpCommand("ip", IP_LIMIT), System::nanoTime);
    private final ImsClient.Clocks clocks = new ImsClient.Clocks(InstantSource.system(), System::nanoTime);
    private final Mappings.Opener mappingServer = (identity, source, learnt) -> new ImsMappings(identity, source,
            learnt,
            clocks, log);

    private Main() {}

    /** Exits 0 after a self-test or a command, 1 when something cannot be done, 2 when the arguments are wrong. */
    public static void main(String[] arguments) throws InterruptedException {
        Options options;
        try {
            options = Options.of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("godwit-guest-agent: " + e.getMessage()
                    + (e instanceof ConfigurationException ? "" : "; see godwit-guest-agent --help"));
            System.exit(2);
            return;
        }
        Main main = new Main();
        boolean well = switch (options) {
            case Options.Guest guest -> main.serveHost(guest);
            case Options.Peer peer -> main.correspond(peer);
            case Options.Gateway gateway -> main.translateForOthers(gateway);
            case Options.Probe probe -> {
                KernelProbe found = KernelProbe.run(probe.pin());
                System.out.print(Reports.probe(found, probe.format()));
                yield found.able();
            }
            case Options.Counters(var format, var pin) -> main
                    .tried(() -> System.out.print(Reports.counters(KernelDataPlane.countersIn(pin), format)));
            case Options.Uninstall(var pin) -> main.tried(() -> new Uninstallation(main.interfaces).run(pin));
            case Options.Check(_) ->
                main.tried(() -> System.err.println("godwit-guest-agent: the configuration is sound"));
            case Options.Print(var text) -> main.tried(() -> System.out.print(text));
            case Options.Version() -> main.tried(() -> System.out.println("godwit-guest-agent " + BuildVersion.text()));
            case Options.Help() -> main.tried(() -> System.out.print(Options.USAGE));
            case Options.SelfTest() -> SelfTest.run(main.interfaces, main.mappingServer, main.log);
        };
        System.exit(well ? 0 : 1);
    }

    private boolean tried(Runnable command) {
        try {
            command.run();
            return true;
        } catch (ShimException | InterfacesException e) {
            System.err.println("godwit-guest-agent: " + e.getMessage());
            return false;
        }
    }

    private boolean serveHost(Options.Guest options) throws InterruptedException {
        Epochs epochs = options.stateFolder().<Epochs>map(EpochFile::new).orElse(Epochs.FORGOTTEN);
        GuestAgent agent = new GuestAgent(interfaces, new KernelDataPlanes(options.pin(), log), mappingServer, epochs,
                clocks.nanos(), log);
        log.line("started", "channel", options.channel());
        agent.resume();
        if (options.channel().equals("-")) {
            return serveStandardStreams(new HostChannel(agent::answer, () -> false, log));
        }
        while (true) {
            try {
                SerialPort.serve(options.channel(), new HostChannel(agent::answer, Main::pauseWithoutHost, log));
            } catch (IOException e) {
                log.line("channel_error", "channel", options.channel(), "reason", e);
            }
            Thread.sleep(RETRY_MS);
        }
    }

    private boolean serveStandardStreams(HostChannel channel) {
        try (FileInputStream in = new FileInputStream(FileDescriptor.in);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            channel.serve(in, out);
            return true;
        } catch (IOException e) {
            log.line("channel_error", "channel", "-", "reason", e);
            return false;
        }
    }

    private static boolean pauseWithoutHost() {
        try {
            Thread.sleep(ABSENCE_MS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean correspond(Options.Peer options) throws InterruptedException {
        Correspondent.Installed installed;
        try {
            installed = new Correspondent(interfaces, new KernelDataPlanes(options.pin(), log), mappingServer,
                    clocks.nanos(), log)
                    .install(options.identity(), options.interfaceNames());
        } catch (InterfacesException | ShimException | IllegalArgumentException | IllegalStateException e) {
            log.line("failed", "reason", e.getMessage());
            return false;
        }
        boolean registered = false;
        long dueNs = clocks.nanos().getAsLong();
        while (true) {
            boolean moved = moved(installed);
            if (moved || clocks.nanos().getAsLong() - dueNs >= 0) {
                registered = registered(installed, registered && !moved);
                dueNs = clocks.nanos().getAsLong()
                        + TimeUnit.MILLISECONDS.toNanos(registered ? REGISTRATION_MS : RETRY_MS);
            }
            awaitChange(dueNs - clocks.nanos().getAsLong());
        }
    }

    private boolean moved(Correspondent.Installed installed) {
        try {
            return installed.follow();
        } catch (InterfacesException | ShimException | IllegalArgumentException | IllegalStateException e) {
            log.line("not_followed", "reason", e.getMessage());
            return false;
        }
    }

    /** @param silently whether it is registered already, so that doing it once more is not worth a line */
    private boolean registered(Correspondent.Installed installed, boolean silently) {
        try {
            installed.register();
            if (!silently) {
                log.line("registered", "hoa", installed.hoa(), "moa", installed.moa());
            }
            return true;
        } catch (IOException e) {
            log.line("not_registered", "reason", e.getMessage());
            return false;
        }
    }

    private void awaitChange(long atMostNs) throws InterruptedException {
        Duration atMost = Duration.ofNanos(Math.max(0, atMostNs));
        try {
            interfaces.awaitChange(atMost);
        } catch (InterfacesException e) {
            log.line("not_watched", "reason", e.getMessage());
            Thread.sleep(atMost);
        }
    }

    private boolean translateForOthers(Options.Gateway options) throws InterruptedException {
        HomeGatewayInstallation installation = new HomeGatewayInstallation(interfaces,
                (identity, source, learnt) -> new ImsMappings(identity, source, learnt, clocks, log), clocks.nanos(),
                log);
        try (HomeGatewayNode node = installation.install(options)) {
            node.awaitEnd();
        } catch (InterfacesException | ShimException | IllegalArgumentException | IllegalStateException
                | IOException e) {
            log.line("failed", "reason", e.getMessage());
        }
        return false;
    }
}
