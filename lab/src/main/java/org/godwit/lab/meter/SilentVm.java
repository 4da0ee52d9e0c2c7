package org.godwit.lab.meter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands where the workload of a VM stands, to test the meter: it answers as {@code vmprobe.c} does, is silent when told, and tells
 * how long it has really been silent, from its last datagram before to its first after, by its own clock. Its one argument is the
 * address of the meter. It is steered by lines on its standard input:
 *
 * <pre>
 * begin            forgets the silences so far
 * silence US       sends nothing for so many microseconds, then says "silent"
 * end NAME         says "kept NAME VM_TO_PEER_NS PEER_TO_VM_NS": the longest silence in each direction since "begin"
 * </pre>
 *
 * It ends with its input.
 */
public final class SilentVm {

    private static final long UNKNOWN_INTERVAL_NS = 5_000_000;

    private final Sendings inbound = new Sendings();
    private final Sendings echoes = new Sendings();
    private final InetSocketAddress meter;
    private volatile long intervalNs = UNKNOWN_INTERVAL_NS;
    private volatile boolean isSilent;

    private SilentVm(InetSocketAddress meter) {
        this.meter = meter;
    }

    public static void main(String[] arguments) throws IOException {
        SilentVm vm = new SilentVm(new InetSocketAddress(arguments[0], Traffic.INBOUND_PORT));
        DatagramChannel echoes = DatagramChannel.open().bind(new InetSocketAddress("::", Traffic.ECHO_PORT));
        ServerSocketChannel tcp = ServerSocketChannel.open().bind(new InetSocketAddress("::", Traffic.TCP_PORT));
        start(() -> vm.echo(echoes));
        start(() -> vm.send(DatagramChannel.open()));
        start(() -> echoRecords(tcp));
        vm.obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    private void obey(BufferedReader orders) throws IOException {
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "begin" -> {
                    inbound.begin();
                    echoes.begin();
                }
                case "silence" -> {
                    long endNs = System.nanoTime() + Long.parseLong(words[1]) * 1000;
                    isSilent = true;
                    parkUntil(endNs);
                    isSilent = false;
                    System.out.println("silent");
                }
                case "end" -> System.out.println(
                        "kept " + words[1] + " " + inbound.longestNs() + " " + echoes.longestNs());
                default -> System.out.println("unknown order \"" + line + "\": say begin, silence US or end NAME");
            }
        }
    }

    private void send(DatagramChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Probe.SIZE);
        long nextNs = System.nanoTime();
        for (long seq = 0;; seq++) {
            if (!isSilent) {
                buffer.clear();
                new Probe.Inbound(seq).writeTo(buffer);
                channel.send(buffer.flip(), meter);
                inbound.sent(System.nanoTime());
            }
            nextNs = Math.max(nextNs + intervalNs, System.nanoTime());
            parkUntil(nextNs);
        }
    }

    private void echo(DatagramChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Probe.SIZE);
        for (long received = 1;; received++) {
            buffer.clear();
            SocketAddress sender = channel.receive(buffer);
            Probe.Outbound probe = Probe.Outbound.readFrom(buffer.flip()).orElse(null);
            if (probe == null) {
                continue;
            }
            intervalNs = probe.intervalNs();
            if (!isSilent) {
                buffer.clear();
                new Probe.Echo(probe.seq(), probe.sentNs(), received).writeTo(buffer);
                channel.send(buffer.flip(), sender);
                echoes.sent(System.nanoTime());
            }
        }
    }

    private static void echoRecords(ServerSocketChannel server) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Long.BYTES);
        while (true) {
            try (SocketChannel connection = server.accept()) {
                while (connection.read(buffer.clear()) >= 0) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        connection.write(buffer);
                    }
                }
            }
        }
    }

    private static void parkUntil(long endNs) {
        for (long nowNs = System.nanoTime(); nowNs < endNs; nowNs = System.nanoTime()) {
            LockSupport.parkNanos(endNs - nowNs);
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                task.run();
            } catch (IOException e) {
                System.out.println("cannot go on: " + e.getMessage());
                System.exit(1);
            }
        });
    }

    /** When datagrams of one direction left. */
    private static final class Sendings {

        private long lastNs = Long.MIN_VALUE;
        private long longestNs;

        synchronized void begin() {
            longestNs = 0;
        }

        synchronized void sent(long nowNs) {
            if (lastNs != Long.MIN_VALUE) {
                longestNs = Math.max(longestNs, nowNs - lastNs);
            }
            lastNs = nowNs;
        }

        synchronized long longestNs() {
            return longestNs;
        }
    }
}
