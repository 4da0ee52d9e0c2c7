package org.godwit.host.guest;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.godwit.protocol.guest.GuestAnswer;
import org.godwit.protocol.guest.GuestCall;
import org.godwit.protocol.guest.GuestCodec;
import org.godwit.protocol.guest.GuestLineException;
import org.godwit.protocol.guest.GuestLines;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestRequest;

/**
 * The UNIX sockets behind which QEMU keeps the VMs' virtio-serial ports. QEMU serves one client at a time and a port may
 * still hold what a predecessor left, so every question has a connection of its own, begins with an empty line and listens
 * to its own ids only.
 *
 * <p>A question is repeated once, halfway through its time: requests are idempotent, and a guest that was just resumed or
 * restarted may have lost the first.
 */
public final class GuestChannels implements Guests {

    private static final Duration RECONNECT_PAUSE = Duration.ofMillis(100);
    private static final int READ_BYTES = 4096;

    private final LongSupplier nanoClock;
    private final RandomGenerator random;

    /** @param nanoClock as {@link System#nanoTime} */
    public GuestChannels(LongSupplier nanoClock, RandomGenerator random) {
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        this.random = requireNonNull(random, "random is null");
    }

    @Override
    public GuestReply ask(Path channel, GuestRequest request, Duration timeLimit) {
        long deadline = nanoClock.getAsLong() + timeLimit.toNanos();
        IOException last = null;
        while (remaining(deadline) > 0) {
            try {
                Optional<GuestReply> reply = converse(channel, request, deadline, timeLimit);
                if (reply.isPresent()) {
                    return reply.get();
                }
            } catch (IOException e) {
                last = e;
                pause();
            }
        }
        throw new GuestSilentException("the guest agent did not answer within " + timeLimit.toMillis() + " ms"
                + (last == null ? ": does it run in the VM?" : " (" + channel + ": " + last.getMessage() + ")"), last);
    }

    /** @return empty when the time is over */
    private Optional<GuestReply> converse(Path path, GuestRequest request, long deadline, Duration timeLimit)
            throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            // Ids only grow within a connection; half the range leaves room for that.
            long id = random.nextLong(1, GuestCall.ID_MAX / 2);
            Set<Long> ours = new HashSet<>();
            write(channel, new byte[]{'\n' });
            write(channel, call(id, request, ours));
            long repeatAt = deadline - timeLimit.toNanos() / 2;
            GuestLines lines = new GuestLines();
            ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
            while (remaining(deadline) > 0) {
                long until = ours.size() == 1 && remaining(repeatAt) > 0 ? repeatAt : deadline;
                selector.select(Math.max(1, remaining(until) / 1_000_000));
                selector.selectedKeys().clear();
                Optional<GuestReply> reply = read(channel, buffer, lines, ours);
                if (reply.isPresent()) {
                    return reply;
                }
                if (ours.size() == 1 && remaining(repeatAt) <= 0) {
                    write(channel, call(id + 1, request, ours));
                }
            }
            return Optional.empty();
        }
    }

    private static Optional<GuestReply> read(SocketChannel channel, ByteBuffer buffer, GuestLines lines, Set<Long> ours)
            throws IOException {
        buffer.clear();
        int count = channel.read(buffer);
        if (count < 0) {
            throw new IOException("the hypervisor closed the channel");
        }
        lines.feed(buffer.array(), 0, count);
        for (byte[] line = lines.poll(); line != null; line = lines.poll()) {
            Optional<GuestReply> reply = ours(line, ours);
            if (reply.isPresent()) {
                return reply;
            }
        }
        return Optional.empty();
    }

    private static Optional<GuestReply> ours(byte[] line, Set<Long> ids) {
        try {
            GuestAnswer answer = GuestCodec.decodeAnswer(line);
            return ids.contains(answer.id()) ? Optional.of(answer.reply()) : Optional.empty();
        } catch (GuestLineException e) {
            // The tail of what a predecessor left, or nonsense: both are skipped until the time is over.
            return Optional.empty();
        }
    }

    private static byte[] call(long id, GuestRequest request, Set<Long> ours) {
        ours.add(id);
        return GuestCodec.encode(new GuestCall(id, request));
    }

    /** A guest that does not read leaves no room in the socket: that is an error, not something to wait for. */
    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        channel.write(buffer);
        if (buffer.hasRemaining()) {
            throw new IOException("the guest does not read its channel");
        }
    }

    private long remaining(long deadline) {
        return deadline - nanoClock.getAsLong();
    }

    private static void pause() {
        try {
            Thread.sleep(RECONNECT_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestSilentException("stopped while waiting for the guest agent", e);
        }
    }
}
