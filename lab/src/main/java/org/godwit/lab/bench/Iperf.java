package org.godwit.lab.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import inet.ipaddr.ipv6.IPv6Address;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Processes.Finished;
import org.godwit.lab.process.Running;
import org.godwit.protocol.rest.RestJson;

/** iperf3 from one node to another: sender and receiver each on a processor of its own, where there are two. */
final class Iperf {

    private static final String LISTENING = "Server listening";
    private static final Duration LISTEN_LIMIT = Duration.ofSeconds(10);
    /** For its handshake and its last words. */
    private static final Duration BEYOND = Duration.ofSeconds(15);
    private static final Patience PATIENCE = new Patience(InstantSource.system());

    private final Node client;
    private final Running server;
    private final int seconds;
    private int runs;

    /** Starts the server, which stays until the lab ends. @param seconds that each run lasts */
    Iperf(Node client, Node server, int seconds) {
        this.client = client;
        this.server = server.start("iperf3", List.of("iperf3", "--server", "--forceflush"));
        this.seconds = seconds;
    }

    /** One stream of TCP. */
    record Tcp(double gbitPerS, long retransmits) {}

    /** Datagrams as fast as the sender can. */
    record Udp(double sentKpps, double deliveredKpps) {}

    Tcp tcp(IPv6Address to) {
        JsonNode end = run(to, List.of());
        return new Tcp(end.at("/sum_received/bits_per_second").asDouble() / 1e9,
                end.at("/sum_sent/retransmits").asLong());
    }

    /** @param bytes of payload */
    Udp udp(IPv6Address to, int bytes) {
        JsonNode end = run(to, List.of("--udp", "--length", Integer.toString(bytes), "--bitrate", "0"));
        double seconds = end.at("/sum/seconds").asDouble();
        long sent = end.at("/sum/packets").asLong();
        return new Udp(sent / seconds / 1e3, (sent - end.at("/sum/lost_packets").asLong()) / seconds / 1e3);
    }

    private JsonNode run(IPv6Address to, List<String> options) {
        runs++;
        server.awaitReady(PATIENCE, LISTEN_LIMIT, () -> server.timesSaid(LISTENING) >= runs, "does not listen");
        List<String> command = new ArrayList<>(List.of("iperf3", "--client", to.toCanonicalString(), "--time",
                Integer.toString(seconds), "--json"));
        if (Runtime.getRuntime().availableProcessors() > 1) {
            command.addAll(List.of("--affinity", "0,1"));
        }
        command.addAll(options);
        Finished finished = Processes.finish(Duration.ofSeconds(seconds).plus(BEYOND), client.enter(command), "",
                Map.of());
        try {
            JsonNode answer = RestJson.lenient().readTree(finished.text());
            if (finished.exitCode() != 0 || answer.hasNonNull("error")) {
                throw new LabException("iperf3 to " + to + " failed: " + answer.path("error").asText()
                        + finished.errors());
            }
            return answer.path("end");
        } catch (JsonProcessingException e) {
            throw new LabException("iperf3 did not answer JSON: " + finished.text() + finished.errors(), e);
        }
    }
}
