package org.godwit.lab.experiment.sharedmemory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.godwit.lab.LabException;
import org.godwit.lab.bench.QemuEvents.Event;
import org.godwit.protocol.rest.RestJson;

/** Talks with one QEMU by its own protocol (QMP). For one thread. */
final class Monitor implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long MICROS_PER_S = 1_000_000;

    private final SocketChannel channel;
    private final OutputStream out;
    private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
    private final List<Event> events = new ArrayList<>();

    private Monitor(SocketChannel channel) {
        this.channel = channel;
        this.out = Channels.newOutputStream(channel);
    }

    /** @throws LabException when nobody answers there */
    static Monitor open(Path socket) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            Monitor monitor = new Monitor(channel);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                Thread.ofVirtual().start(monitor::listen);
                monitor.command("qmp_capabilities", "{}");
                return monitor;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LabException("QEMU cannot be reached at " + socket + ": " + e.getMessage(), e);
        }
    }

    /**
     * @param arguments in JSON
     * @return what QEMU returns
     * @throws LabException when it refuses or does not answer
     */
    JsonNode command(String name, String arguments) {
        try {
            out.write(("{\"execute\": \"" + name + "\", \"arguments\": " + arguments + "}\n")
                    .getBytes(StandardCharsets.UTF_8));
            JsonNode answer = answers.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (answer == null || answer.has("error")) {
                throw new LabException("QEMU answers " + name + " with " + answer);
            }
            return answer.get("return");
        } catch (IOException e) {
            throw new LabException("QEMU no longer takes commands: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while QEMU was asked for " + name, e);
        }
    }

    /** When QEMU said so for the first time, in µs since 1970; a status of MIGRATION stands behind a slash. */
    Optional<Long> saidAtUs(String what) {
        synchronized (events) {
            return events.stream().filter(event -> event.what().equals(what)).map(Event::atUs).findFirst();
        }
    }

    private void listen() {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                take(RestJson.lenient().readTree(line));
            }
        } catch (JsonProcessingException e) {
            throw new LabException("QEMU says what is no JSON", e);
        } catch (IOException e) {
            // It has ended, or the monitor is closed: whoever asks gets no answer.
        }
    }

    private void take(JsonNode said) {
        if (said.has("event")) {
            String status = said.path("data").path("status").asText();
            JsonNode at = said.get("timestamp");
            synchronized (events) {
                events.add(new Event(said.get("event").asText() + (status.isEmpty() ? "" : "/" + status),
                        at.get("seconds").asLong() * MICROS_PER_S + at.get("microseconds").asLong()));
            }
        } else if (!said.has("QMP")) {
            answers.add(said);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LabException("the connection with QEMU cannot be closed", e);
        }
    }
}
