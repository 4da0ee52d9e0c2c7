package org.godwit.lab.meter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.godwit.model.HomeAddress;

/** The meter's own traffic with the VM: UDP probes out, echoes and the VM's probes in, one TCP connection. */
final class Traffic implements AutoCloseable {

    private static final long RECORD_INTERVAL_NS = 5_000_000;
    static final int ECHO_PORT = 7001;
    static final int INBOUND_PORT = 7002;
    static final int TCP_PORT = 7003;
    private static final int RECORD_BYTES = 8;
    private static final int CONNECT_LIMIT_MS = 3000;
    /** Of a VM that nobody measures: the slowest that it knows. */
    private static final long IDLE_INTERVAL_NS = 1_000_000_000;

    private final Recording recording;
    private final LongSupplier clockNs;
    private final HomeAddress vm;
    private final HomeAddress self;
    private final long probeIntervalNs;
    private final List<Channel> open = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Traffic(Recording recording, LongSupplier clockNs, HomeAddress vm, HomeAddress self,
            Duration probeInterval) {
        this.recording = recording;
        this.clockNs = clockNs;
        this.vm = vm;
        this.self = self;
        this.probeIntervalNs = probeInterval.toNanos();
    }

    /** @param probeInterval between UDP probes, each way */
    static Traffic start(Recording recording, LongSupplier clockNs, HomeAddress vm, HomeAddress self,
            Duration probeInterval) throws IOException {
        Traffic traffic = new Traffic(recording, clockNs, vm, self, probeInterval);
        DatagramChannel inbound = traffic.datagrams(INBOUND_PORT);
        DatagramChannel outbound = traffic.datagrams(0);
        outbound.connect(new InetSocketAddress(vm.address().toInetAddress(), ECHO_PORT));
        traffic.thread("inbound", () -> traffic.receive(inbound));
        traffic.thread("echoes", () -> traffic.receive(outbound));
        traffic.thread("outbound", () -> traffic.send(outbound));
        traffic.thread("tcp", traffic::stream);
        return traffic;
    }

    /** The TCP connection alone. */
    static Traffic startConnection(Recording recording, LongSupplier clockNs, HomeAddress vm, HomeAddress self) {
        Traffic traffic = new Traffic(recording, clockNs, vm, self, Duration.ZERO);
        traffic.thread("tcp", traffic::stream);
        return traffic;
    }

    private void receive(DatagramChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Probe.SIZE + 1);
        while (true) {
            buffer.clear();
            InetSocketAddress from;
            try {
                from = (InetSocketAddress) channel.receive(buffer);
            } catch (PortUnreachableException e) {
                continue; // the workload in the VM is not up yet
            }
            if (!from.getAddress().equals(vm.address().toInetAddress())) {
                continue; // another VM's
            }
            long nowNs = clockNs.getAsLong();
            switch (Probe.read(buffer.flip()).orElse(null)) {
                case Probe.Inbound probe -> recording.inbound(nowNs, probe);
                case Probe.Echo echo -> recording.echo(nowNs, echo);
                case Probe.Outbound _ -> throw new AssertionError("read() makes none");
                case null -> {
                    // Not one of ours.
                }
            }
        }
    }

    private void send(DatagramChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Probe.SIZE);
        Ticks ticks = new Ticks(clockNs, probeIntervalNs);
        for (long seq = 0;; seq++) {
            buffer.clear();
            new Probe.Outbound(seq, clockNs.getAsLong(), probeIntervalNs).writeTo(buffer);
            try {
                channel.write(buffer.flip());
            } catch (AsynchronousCloseException e) {
                return;
            } catch (IOException e) {
                // Unreachable for now; it counts as sent, the VM counts what arrives.
            }
            ticks.awaitNext();
        }
    }

    /** One connection for the meter's whole life: opened with patience while the VM boots, never opened again. */
    private void stream() throws IOException {
        SocketChannel channel = connect();
        synchronized (open) {
            open.add(channel);
        }
        thread("tcp-records", () -> write(channel));
        ByteBuffer buffer = ByteBuffer.allocateDirect(RECORD_BYTES);
        long expected = 0;
        while (true) {
            buffer.clear();
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    recording.tcpBroken();
                    return;
                }
            }
            if (buffer.flip().getLong() != expected) {
                recording.tcpBroken();
                return;
            }
            recording.tcpEcho(clockNs.getAsLong(), expected++);
        }
    }

    private SocketChannel connect() throws IOException {
        while (true) {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.bind(new InetSocketAddress(self.address().toInetAddress(), 0));
                // The kernel alone would ask again after 1, 3, 7, 15, 31 s, long after the VM is there.
                channel.socket().connect(new InetSocketAddress(vm.address().toInetAddress(), TCP_PORT),
                        CONNECT_LIMIT_MS);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                return channel;
            } catch (IOException e) {
                channel.close();
                if (Thread.interrupted()) {
                    throw new ClosedByInterruptException();
                }
                LockSupport.parkNanos(100_000_000);
            }
        }
    }

    private void write(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(RECORD_BYTES);
        Ticks ticks = new Ticks(clockNs, RECORD_INTERVAL_NS);
        for (long record = 0;; record++) {
            buffer.clear().putLong(record).flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            ticks.awaitNext();
        }
    }

    private DatagramChannel datagrams(int port) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(self.address().toInetAddress(), port));
        synchronized (open) {
            open.add(channel);
        }
        return channel;
    }

    private void thread(String name, Job job) {
        Thread thread = Thread.ofPlatform().daemon().name("meter-" + name).start(() -> {
            try {
                job.run();
            } catch (AsynchronousCloseException e) {
                // The meter ends.
            } catch (IOException e) {
                if (name.startsWith("tcp")) {
                    recording.tcpBroken();
                }
                System.err.println("meter-" + name + ": " + e);
            }
        });
        synchronized (open) {
            threads.add(thread);
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (open) {
            threads.forEach(Thread::interrupt);
            for (Channel channel : open) {
                channel.close();
            }
        }
        if (probeIntervalNs > 0) {
            slowDown();
        }
    }

    /** Lets the VM send its own probes at leisure, since nobody waits for them any more. */
    private void slowDown() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Probe.SIZE);
        new Probe.Outbound(0, clockNs.getAsLong(), IDLE_INTERVAL_NS).writeTo(buffer);
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.bind(new InetSocketAddress(self.address().toInetAddress(), 0));
            channel.send(buffer.flip(), new InetSocketAddress(vm.address().toInetAddress(), ECHO_PORT));
        }
    }

    private interface Job {
        void run() throws IOException;
    }

    /** Absolute deadlines, so that the pace does not drift; ticks missed by a pause of this process are not made up for. */
    private static final class Ticks {

        private final LongSupplier clockNs;
        private final long intervalNs;
        private long nextNs;

        Ticks(LongSupplier clockNs, long intervalNs) {
            this.clockNs = clockNs;
            this.intervalNs = intervalNs;
            this.nextNs = clockNs.getAsLong();
        }

        void awaitNext() {
            long nowNs = clockNs.getAsLong();
            nextNs = Math.max(nextNs + intervalNs, nowNs);
            LockSupport.parkNanos(nextNs - nowNs);
        }
    }
}
