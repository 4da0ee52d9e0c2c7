package org.godwit.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.godwit.disk.Disk;
import org.godwit.disk.mover.DiskReceiver;
import org.godwit.disk.mover.Landings.Landing;
import org.godwit.disk.mover.Pacer;
import org.godwit.disk.mover.Sending;
import org.godwit.disk.mover.Shipment;
import org.godwit.disk.nbd.NbdDisk;
import org.godwit.disk.wire.TransferId;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One end of the mover. Receiving it says {@value #READY} and stays until its standard input ends. Sending it says so when it is
 * warm, waits for a line, and says {@value #SENT} and the nanoseconds it took and the most megabytes it had.
 */
@Command(name = "mover-node")
public final class MoverNode implements Callable<Integer> {

    /** What it says when it may be used. */
    public static final String READY = "ready";
    static final String SENT = "sent in ns: ";

    private static final String DISK = "disk";
    private static final String WARM_UP = "warm-up";
    private static final int CHUNK_BYTES = 256 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Option(names = "--receive")
    private boolean receive;

    @Option(names = "--address", required = true)
    private String address;

    @Option(names = "--port", required = true)
    private int port;

    @Option(names = "--disk", required = true, description = "the UNIX socket of its NBD server")
    private Path disk;

    @Option(names = "--warm-up", required = true, description = "as much, of a disk that is moved first, untimed: an agent has run for a while")
    private Path warmUp;

    @Option(names = "--identity", required = true, description = "a key, its certificate and that of the authority, in PEM")
    private Path identity;

    @Option(names = "--connections", defaultValue = "4")
    private int connections;

    private MoverNode() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MoverNode()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, GeneralSecurityException {
        InetSocketAddress place = new InetSocketAddress(InetAddress.ofLiteral(address), port);
        SSLContext tls = MoverIdentity.tls(identity);
        if (receive) {
            try (DiskReceiver _ = new DiskReceiver(place, () -> tls, (open, _) -> Landing.at(of(open.disk())),
                    System::nanoTime, PATIENCE)) {
                System.out.println(READY);
                while (System.in.read() >= 0) {
                    // There are no orders; the end of the input is what is waited for.
                }
            }
            return 0;
        }
        send(WARM_UP, place, tls);
        System.out.println(READY);
        System.in.read();
        long start = System.nanoTime();
        send(DISK, place, tls);
        System.out.println(SENT + (System.nanoTime() - start) + " " + Memory.highestMb(ProcessHandle.current().pid()));
        return 0;
    }

    private void send(String name, InetSocketAddress place, SSLContext tls) throws IOException {
        new Sending(new Shipment(new TransferId(UUID.randomUUID()), name, of(name), CHUNK_BYTES, connections,
                Optional.empty()),
                new Sending.Line(place, tls, new Pacer(System::nanoTime, 0), System::nanoTime, PATIENCE)).run();
    }

    private Disk.Opener of(String name) {
        Path socket = name.equals(WARM_UP) ? warmUp : disk;
        return () -> NbdDisk.open(socket, "");
    }
}
