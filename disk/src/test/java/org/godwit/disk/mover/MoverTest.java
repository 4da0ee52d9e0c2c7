package org.godwit.disk.mover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;
import org.godwit.disk.mover.Link.Fault;
import org.godwit.disk.mover.Shipped.Amounts;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Frame;
import org.godwit.disk.wire.Frame.Chunk;
import org.godwit.disk.wire.Frame.Codec;
import org.godwit.disk.wire.Frame.End;
import org.godwit.disk.wire.Frame.Ended;
import org.godwit.disk.wire.Frame.Offer;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Frame.Ready;
import org.godwit.disk.wire.Frame.Verified;
import org.godwit.disk.wire.Frame.Verify;
import org.godwit.disk.wire.Frame.Verifying;
import org.godwit.disk.wire.Frame.Want;
import org.godwit.disk.wire.Frame.Zeroes;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.Refusal;
import org.godwit.disk.wire.TransferId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MoverTest {

    private static final int CHUNK = Port.CHUNK_BYTES;
    private static final long MIB = 1 << 20;

    @Test
    void aDiskArrivesAsItIsAndWhatIsZeroDoesNotTravel() throws IOException {
        MemoryDisk source = new MemoryDisk(40 * MIB + 1000).with(3 * MIB, noise(1, 5 * (int) MIB)).with(40 * MIB,
                noise(2, 1000));
        try (Port port = new Port(new MemoryDisk(40 * MIB + 1000))) {
            Amounts amounts = port.send(source, 4).amounts();
            assertThat(port.target.content()).isEqualTo(source.content());
            assertThat(amounts).isEqualTo(
                    new Amounts(641, 641, 641 - 81, 81, 5 * MIB + 1000, 5 * MIB + 1000));
            assertThat(port.target.pages()).isEqualTo(81);
            assertThat(port.verified).hasValue(1);
            assertThat(port.target.flushes).hasValue(1);
        }
    }

    @Test
    void whatCanBeCompressedIs() throws IOException {
        byte[] text = "the same again and again, ".repeat(40_000).getBytes();
        try (Port port = new Port(new MemoryDisk(MIB))) {
            MemoryDisk source = new MemoryDisk(MIB).with(0, text);
            Amounts amounts = port.send(source, 1).amounts();
            assertThat(port.target.content()).isEqualTo(source.content());
            assertThat(amounts.wireBytes()).isLessThan(amounts.sentBytes() / 50);
        }
    }

    @Test
    void equalChunksTravelOnce() throws IOException {
        MemoryDisk source = new MemoryDisk(16 * MIB);
        for (int i = 0; i < 256; i++) {
            source.with((long) i * CHUNK, noise(i % 3, CHUNK));
        }
        try (Port port = new Port(new MemoryDisk(16 * MIB))) {
            Amounts amounts = port.send(source, 4).amounts();
            assertThat(port.target.content()).isEqualTo(source.content());
            assertThat(amounts.sentChunks()).isEqualTo(3);
            assertThat(amounts.presentChunks()).isEqualTo(253);
        }
    }

    @Test
    void whatTheTargetHasInAGoldenImageDoesNotTravel() throws IOException {
        byte[] golden = noise(1, 8 * (int) MIB);
        MemoryDisk source = new MemoryDisk(16 * MIB).with(0, golden).with(2 * MIB, noise(2, CHUNK));
        try (Port port = new Port(new MemoryDisk(16 * MIB))) {
            port.siblings = List.of(new MemoryDisk(MIB).with(0, noise(3, (int) MIB)),
                    new MemoryDisk(9 * MIB).with(0, golden));
            Amounts amounts = port.send(source, 2).amounts();
            assertThat(port.target.content()).isEqualTo(source.content());
            assertThat(amounts.sentChunks()).isEqualTo(1);
        }
    }

    @Test
    void aGoldenImageThatCannotBeReadIsDoneWithout() throws IOException {
        byte[] noise = noise(1, 8 * (int) MIB);
        MemoryDisk source = new MemoryDisk(16 * MIB).with(0, noise);
        MemoryDisk torn = new MemoryDisk(16 * MIB).with(0, noise);
        torn.bytesReadMax = 4 * CHUNK;
        try (Port port = new Port(new MemoryDisk(16 * MIB))) {
            port.siblings = List.of(() -> {
                throw new IOException("gone");
            }, torn);
            Amounts amounts = port.send(source, 1).amounts();
            assertThat(port.target.content()).isEqualTo(source.content());
            assertThat(amounts.presentChunks()).isEqualTo(4);
        }
    }

    @Test
    void aLinkThatIsCutCostsOnlyWhatWasUnderWay() throws IOException {
        MemoryDisk source = new MemoryDisk(32 * MIB).with(0, noise(1, 24 * (int) MIB));
        try (Port port = new Port(new MemoryDisk(32 * MIB))) {
            try (Link link = new Link(port.address(), Fault.CUT, 16 * MIB)) {
                assertThatThrownBy(() -> port.sending(source, 2, link.address(), List.of()).run())
                        .isInstanceOf(IOException.class);
            }
            assertThat(port.verified).hasValue(0);
            Amounts amounts = port.send(source, 2).amounts();
            assertThat(port.target.content()).isEqualTo(source.content());
            assertThat(amounts.sentBytes()).isLessThan(16 * MIB);
            assertThat(amounts.presentChunks()).isGreaterThan(8 * MIB / CHUNK);
        }
    }

    @Test
    void aLinkThatGoesSilentIsGivenUp() throws IOException {
        MemoryDisk source = new MemoryDisk(32 * MIB).with(0, noise(1, 32 * (int) MIB));
        try (Port port = new Port(new MemoryDisk(32 * MIB));
                Link link = new Link(port.address(), Fault.SILENCE, 2 * MIB)) {
            port.patience = Duration.ofSeconds(2);
            assertThatThrownBy(() -> port.sending(source, 2, link.address(), List.of()).run())
                    .isInstanceOf(IOException.class);
            port.patience = Duration.ofSeconds(30);
            // The receiver still waits for the silent ones: the same transfer takes their place.
            port.send(source, 2);
            assertThat(port.target.content()).isEqualTo(source.content());
        }
    }

    @Test
    void aFullDiskIsToldAndWhatHasArrivedIsKept() throws IOException {
        MemoryDisk source = new MemoryDisk(32 * MIB).with(0, noise(1, 16 * (int) MIB));
        try (Port port = new Port(new MemoryDisk(32 * MIB))) {
            port.target.pagesMax = 100;
            assertThatThrownBy(() -> port.send(source, 3)).isInstanceOf(RefusedException.class)
                    .hasMessageContaining("make room").extracting("reason").isEqualTo(Refusal.NO_SPACE);
            assertThat(port.target.pages()).isEqualTo(100);
            port.target.pagesMax = Integer.MAX_VALUE;
            Amounts amounts = port.send(source, 3).amounts();
            assertThat(port.target.content()).isEqualTo(source.content());
            assertThat(amounts.presentChunks()).isEqualTo(100);
        }
    }

    @Test
    void onlyTheChangesTravelInALaterRoundAndNothingElseIsTouched() throws IOException {
        MemoryDisk source = new MemoryDisk(32 * MIB).with(0, noise(1, 16 * (int) MIB));
        try (Port port = new Port(new MemoryDisk(32 * MIB)); Disk open = source.open()) {
            port.send(source, 2);
            source.with(5 * MIB + 77, noise(2, 1000)).with(20 * MIB, noise(3, CHUNK));
            open.zero(MIB, CHUNK);
            List<Extent> changes = List.of(new Extent(MIB, CHUNK, false), new Extent(5 * MIB + 77, 1000, false),
                    new Extent(20 * MIB, CHUNK, false));
            Amounts amounts = port.sending(source, 2, port.address(), changes).run().amounts();
            assertThat(port.target.content()).isEqualTo(source.content());
            assertThat(amounts).isEqualTo(new Amounts(3, 3, 1, 2, 2 * CHUNK, 2 * CHUNK));
        }
    }

    @Test
    void aTargetThatDoesNotKeepWhatWasWrittenIsNoticed() throws IOException {
        MemoryDisk source = new MemoryDisk(MIB).with(0, noise(1, (int) MIB));
        try (Port port = new Port(new MemoryDisk(MIB))) {
            try (Connection connection = open(port, MIB)) {
                ChunkHash hash = ChunkHash.of(noise(1, CHUNK), 0, CHUNK);
                connection.send(new Offer(0, List.of(hash)));
                connection.flush();
                assertThat(connection.receive(Want.class).bits()).isEqualTo(1);
                connection.send(new Chunk(0, Codec.PLAIN, noise(1, CHUNK), CHUNK));
                connection.send(new Zeroes(1, 15));
                connection.send(new End());
                connection.flush();
                connection.receive(Ended.class);
                port.target.with(100, new byte[]{1, 2, 3 });
                DiskDigest digest = new DiskDigest(new Geometry(MIB, CHUNK));
                DiskDigest.Segment segment = digest.new Segment(0);
                segment.add(0, hash);
                for (int i = 1; i < 16; i++) {
                    segment.add(i, ChunkHash.ZERO);
                }
                segment.end();
                connection.send(new Verify(16, digest.root()));
                connection.flush();
                assertThat(refusal(connection)).isEqualTo(Refusal.DIFFERENT);
            }
            assertThat(port.verified).hasValue(0);
            port.send(source, 1);
            assertThat(port.target.content()).isEqualTo(source.content());
        }
    }

    @Test
    void theSenderHearsHowFarTheTargetHasReadAgain() throws Exception {
        Authority authority = new Authority();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"));
                ExecutorService sender = Executors.newSingleThreadExecutor()) {
            Sending sending = new Sending(
                    new Shipment(new TransferId(UUID.randomUUID()), "vda", new MemoryDisk(MIB), CHUNK, 1,
                            Optional.empty()),
                    new Sending.Line(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()),
                            authority.host("source"), new Pacer(System::nanoTime, 0), System::nanoTime,
                            Duration.ofSeconds(30)));
            Future<Shipped> shipped = sender.submit(sending::run);
            try (Connection connection = Connection.from(server.accept(), authority.host("target"),
                    Duration.ofSeconds(30), System::nanoTime)) {
                connection.receive(Open.class);
                connection.send(new Ready());
                connection.flush();
                connection.receive(Zeroes.class);
                connection.receive(End.class);
                connection.send(new Ended());
                connection.flush();
                connection.receive(Verify.class);
                assertThat(sending.comparedChunks()).isZero();
                tell(connection, new Verifying(7), sending, 7);
                tell(connection, new Verifying(1000), sending, 16);
                tell(connection, new Verifying(9), sending, 9);
                tell(connection, new Verified(), sending, 16);
                assertThat(shipped.get().amounts().chunks()).isEqualTo(16);
            }
        }
    }

    private static void tell(Connection connection, Frame frame, Sending sending, long compared) throws IOException {
        connection.send(frame);
        connection.flush();
        while (sending.comparedChunks() != compared) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aChunkThatIsNotWhatWasAnnouncedIsRefusedAndNotWritten() throws IOException {
        try (Port port = new Port(new MemoryDisk(MIB)); Connection connection = open(port, MIB)) {
            connection.send(new Offer(3, List.of(ChunkHash.of(noise(1, CHUNK), 0, CHUNK))));
            connection.flush();
            connection.receive(Want.class);
            connection.send(new Chunk(3, Codec.PLAIN, noise(2, CHUNK), CHUNK));
            connection.flush();
            assertThat(refusal(connection)).isEqualTo(Refusal.CORRUPT);
            assertThat(port.target.pages()).isZero();
        }
    }

    @Test
    void whatCannotBeUnpackedIsRefused() throws IOException {
        try (Port port = new Port(new MemoryDisk(MIB)); Connection connection = open(port, MIB)) {
            connection.send(new Offer(3, List.of(ChunkHash.of(noise(1, CHUNK), 0, CHUNK))));
            connection.flush();
            connection.receive(Want.class);
            connection.send(new Chunk(3, Codec.ZSTD, noise(2, 100), 100));
            connection.flush();
            assertThat(refusal(connection)).isEqualTo(Refusal.CORRUPT);
        }
    }

    @Test
    void chunksOutsideOfTheDiskAreRefused() throws IOException {
        try (Port port = new Port(new MemoryDisk(MIB)); Connection connection = open(port, MIB)) {
            connection.send(new Zeroes(10, 7));
            connection.flush();
            assertThat(refusal(connection)).isEqualTo(Refusal.MALFORMED);
        }
    }

    @Test
    void aTransferThatForgotChunksIsRefused() throws IOException {
        try (Port port = new Port(new MemoryDisk(MIB)); Connection connection = open(port, MIB)) {
            connection.send(new Zeroes(0, 15));
            connection.send(new End());
            connection.send(new Verify(16, ChunkHash.ZERO));
            connection.flush();
            connection.receive(Ended.class);
            assertThat(refusal(connection)).isEqualTo(Refusal.MALFORMED);
        }
    }

    @Test
    void aHostOfAnotherAuthorityIsNotHeard() throws IOException {
        try (Port port = new Port(new MemoryDisk(MIB))) {
            assertThatThrownBy(() -> stranger(port, new Authority().host("source")).run())
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void anotherHostCannotTakeATransferOver() throws IOException {
        try (Port port = new Port(new MemoryDisk(MIB)); Connection first = open(port, MIB)) {
            assertThatThrownBy(() -> stranger(port, port.authority.host("another")).run())
                    .isInstanceOf(RefusedException.class).extracting("reason").isEqualTo(Refusal.NOT_EXPECTED);
            first.send(new Zeroes(0, 16));
            first.send(new End());
            first.flush();
            first.receive(Ended.class);
        }
    }

    private static Sending stranger(Port port, SSLContext tls) {
        return new Sending(new Shipment(port.transfer, "vda", new MemoryDisk(MIB), CHUNK, 1, Optional.empty()),
                new Sending.Line(port.address(), tls, new Pacer(System::nanoTime, 0), System::nanoTime,
                        Duration.ofSeconds(30)));
    }

    @Test
    void aDiskOfAnotherSizeIsRefused() throws IOException {
        try (Port port = new Port(new MemoryDisk(2 * MIB))) {
            assertThatThrownBy(() -> port.send(new MemoryDisk(MIB), 1)).isInstanceOf(RefusedException.class)
                    .hasMessageContaining("2097152");
        }
    }

    private static Connection open(Port port, long size) throws IOException {
        Connection connection = Connection.to(port.address(), port.source, Duration.ofSeconds(30),
                new Pacer(System::nanoTime, 0), System::nanoTime);
        connection.send(new Open(port.transfer, new Geometry(size, CHUNK), size, "vda"));
        connection.flush();
        connection.receive(Ready.class);
        return connection;
    }

    private static Refusal refusal(Connection connection) {
        return catchThrowableOfType(RefusedException.class, connection::receive).reason();
    }

    /** Bytes that do not compress, always the same for a seed. */
    private static byte[] noise(int seed, int length) {
        byte[] noise = new byte[length];
        new Random(seed).nextBytes(noise);
        return noise;
    }
}
