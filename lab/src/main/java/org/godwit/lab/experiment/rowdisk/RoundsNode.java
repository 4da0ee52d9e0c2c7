package org.godwit.lab.experiment.rowdisk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.godwit.disk.mover.ChunkSet;
import org.godwit.disk.mover.Pacer;
import org.godwit.disk.mover.Sending;
import org.godwit.disk.mover.Shipment;
import org.godwit.disk.mover.Shipped.Amounts;
import org.godwit.disk.nbd.NbdDisk;
import org.godwit.disk.nbd.NbdMarks;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.TransferId;
import org.godwit.lab.bench.MoverIdentity;
import org.godwit.lab.bench.MoverNode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Sends rounds of a disk that QEMU exports while its VM writes to it, by Godwit's own mover. A round is a line of standard input:
 * the export, and behind a space the bitmap of what is to be sent; without one, all of it. What was sent is said in a line.
 */
@Command(name = "rounds-node")
public final class RoundsNode implements Callable<Integer> {

    static final Pattern ROUND = Pattern.compile("round (\\S+) bytes=(\\d+) wire=(\\d+) ms=([0-9.]+)\n");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 4;

    @Option(names = "--address", required = true)
    private String address;

    @Option(names = "--port", required = true)
    private int port;

    @Option(names = "--exports", required = true, description = "the UNIX socket of QEMU's NBD server")
    private Path exports;

    @Option(names = "--chunk-bytes", required = true, description = "the granularity of its bitmaps")
    private int chunkBytes;

    @Option(names = "--identity", required = true)
    private Path identity;

    /** What a round took. */
    record Round(long bytes, long wireBytes, double ms) {

        static Round of(MatchResult said) {
            return new Round(Long.parseLong(said.group(2)), Long.parseLong(said.group(3)),
                    Double.parseDouble(said.group(4)));
        }
    }

    private RoundsNode() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RoundsNode()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, GeneralSecurityException {
        Sending.Line line = new Sending.Line(new InetSocketAddress(InetAddress.ofLiteral(address), port),
                MoverIdentity.tls(identity), new Pacer(System::nanoTime, 0), System::nanoTime, PATIENCE);
        System.out.println(MoverNode.READY);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            long begin = System.nanoTime();
            Optional<ChunkSet> chunks = words.length == 1 ? Optional.empty() : Optional.of(marked(words[0], words[1]));
            Amounts sent = chunks.isPresent() && chunks.get().size() == 0
                    ? new Amounts(0, 0, 0, 0, 0, 0)
                    : new Sending(new Shipment(new TransferId(UUID.randomUUID()), "disk",
                            () -> NbdDisk.open(exports, words[0]), chunkBytes, CONNECTIONS, chunks), line).run()
                            .amounts();
            // A block that was written is sent, whatever stands in it: the paper's bitmaps know no more.
            long bytes = chunks.map(some -> (long) some.size() * chunkBytes).orElse(sent.sentBytes());
            System.out.println("round " + words[0] + " bytes=" + bytes + " wire=" + sent.wireBytes() + " ms="
                    + (System.nanoTime() - begin) / 1e6);
        }
        return 0;
    }

    private ChunkSet marked(String export, String bitmap) throws IOException {
        try (NbdMarks marks = NbdMarks.ofBitmap(exports, export, bitmap)) {
            return ChunkSet.touchedBy(marks.extents(), new Geometry(marks.size(), chunkBytes));
        }
    }
}
