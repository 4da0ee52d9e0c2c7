package org.godwit.lab.meter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.godwit.lab.meter.Arrivals.Window;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The outage meter as a program of the correspondent. It is steered by lines on its standard input:
 *
 * <pre>
 * await NAME           says "flowing NAME" once traffic of every kind has been seen in both directions since the order, but for a
 *                      connection that is broken; until then, what of it has not
 * start NAME           opens a window
 * end NAME             closes it and writes what it holds to OUT/NAME.json, then says "measured NAME"
 * look NAME FROM_US    does the same for what has passed since a time, in microseconds since 1970
 * stop                 ends the meter, as the end of the input does
 * </pre>
 */
@Command(name = "outage-meter", mixinStandardHelpOptions = true, description = "Measures, by the correspondent's clock, what a migration does to traffic with a VM.")
public final class MeterMain implements Callable<Integer> {

    /** The paper's. */
    private static final Duration PING_INTERVAL = Duration.ofMillis(200);

    /** Where nothing else tells the length of an outage. */
    static final Duration SESSIONS_PING_INTERVAL = Duration.ofMillis(20);

    @Spec
    private CommandSpec spec;

    @Option(names = "--vm", required = true, description = "HoA of the VM", converter = HoaConverter.class)
    private HomeAddress vm;

    @Option(names = "--self", required = true, description = "HoA of this node", converter = HoaConverter.class)
    private HomeAddress self;

    @Option(names = "--device", description = "interface on which the VM's pings are captured")
    private String device;

    @Option(names = "--probe-interval", paramLabel = "US", defaultValue = "5000", description = "between UDP probes, each way, in microseconds (default: ${DEFAULT-VALUE})")
    private long probeIntervalUs;

    @Option(names = "--sessions-only", description = "one TCP connection and ping6, no probes: the VM sends its own to one peer only")
    private boolean sessionsOnly;

    @Option(names = "--out", required = true, description = "folder for the results")
    private Path out;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MeterMain()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Recording recording = new Recording();
        if (sessionsOnly) {
            try (Traffic _ = Traffic.startConnection(recording, System::nanoTime, vm, self);
                    PingReader _ = PingReader.start(recording, System::nanoTime, vm, SESSIONS_PING_INTERVAL)) {
                obey(recording, System.nanoTime(), orders());
            }
            return 0;
        }
        if (device == null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--device is missing");
        }
        try (Traffic _ = Traffic.start(recording, System::nanoTime, vm, self,
                Duration.of(probeIntervalUs, ChronoUnit.MICROS));
                PingReader _ = PingReader.start(recording, System::nanoTime, vm, PING_INTERVAL);
                CaptureReader _ = CaptureReader.start(recording, System::nanoTime, device, vm)) {
            obey(recording, System.nanoTime(), orders());
        }
        return 0;
    }

    private static BufferedReader orders() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    private void obey(Recording recording, long originNs, BufferedReader orders) throws Exception {
        Map<String, Long> startNs = new HashMap<>();
        for (String line = orders.readLine(); line != null && !line.equals("stop"); line = orders.readLine()) {
            List<String> words = new ArrayList<>(List.of(line.strip().split(" ")));
            switch (words.getFirst()) {
                case "await" -> await(recording, words.get(1));
                case "start" -> startNs.put(words.get(1), System.nanoTime());
                case "end" -> tell(recording, words.get(1), startNs.get(words.get(1)), originNs);
                case "look" ->
                    tell(recording, words.get(1), Long.parseLong(words.get(2)) * 1000 - epochNs(), originNs);
                default -> say("unknown order \"" + line
                        + "\": say await NAME, start NAME, end NAME, look NAME FROM_US or stop");
            }
        }
    }

    private void await(Recording recording, String name) throws InterruptedException {
        long nowNs = System.nanoTime();
        List<String> silent = silent(recording, nowNs);
        while (!silent.isEmpty()) {
            say("silent " + name + ": " + String.join(", ", silent));
            List<String> last = silent;
            Waiting.until(() -> !silent(recording, nowNs).equals(last));
            silent = silent(recording, nowNs);
        }
        say("flowing " + name);
    }

    private List<String> silent(Recording recording, long sinceNs) {
        return sessionsOnly ? recording.silentSessionsSince(sinceNs) : recording.silentSince(sinceNs);
    }

    /** When {@link System#nanoTime} was zero, in ns since 1970. */
    private static long epochNs() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) - System.nanoTime();
    }

    private void tell(Recording recording, String name, long startNs, long originNs) throws IOException {
        Window window = new Window(startNs, System.nanoTime());
        write(name, RestJson.strict().writerWithDefaultPrettyPrinter()
                .writeValueAsString(sessionsOnly
                        ? recording.measureSessions(name, window)
                        : recording.measure(name, window, originNs, epochNs())));
        say("measured " + name);
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(out);
        Path draft = out.resolve(name + ".json.draft");
        Files.writeString(draft, text);
        Files.move(draft, out.resolve(name + ".json"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Lets picocli name the option when the address is none. */
    static final class HoaConverter implements CommandLine.ITypeConverter<HomeAddress> {
        @Override
        public HomeAddress convert(String text) {
            return HomeAddress.of(text);
        }
    }

}
