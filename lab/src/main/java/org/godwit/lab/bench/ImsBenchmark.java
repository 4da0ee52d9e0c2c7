package org.godwit.lab.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.godwit.lab.LabFolder;
import org.godwit.lab.process.Running;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a lookup costs, beside a name server's. */
@Command(name = "ims", mixinStandardHelpOptions = true, sortOptions = false, description = "Lookups a second that one processor answers, plain and signed, and how long they take at 70 %% of that, beside Knot DNS answering AAAA.")
final class ImsBenchmark implements Callable<Integer> {

    private static final String PLAIN = "IMS, Map-Reply";
    private static final String SIGNED = "IMS, signed Map-Notify";
    private static final String KNOT = "Knot DNS, AAAA";
    private static final int QUESTIONS = 50_000;
    private static final int HEAP_MB = 512;
    private static final double PART = 0.7;
    private static final List<Integer> SUBSCRIBERS = List.of(1, 100, 1_000);
    private static final Duration TELLING_LIMIT = Duration.ofMinutes(10);
    private static final int WARM_UP_S = 8;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "turns of each server, 1 to 100 (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "4", description = "of each load in each turn, 1 to 60 (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--bindings", paramLabel = "N", defaultValue = "100000", description = "HoAs, 1000 to 5000000 (default: ${DEFAULT-VALUE})")
    private int bindings;

    @Option(names = "--updates", paramLabel = "N", defaultValue = "50", description = "changes told to 1, to 100 and to 1000 subscribers, 1 to 10000 (default: ${DEFAULT-VALUE})")
    private int updates;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where ims.json and ims.csv go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        check(rounds >= 1 && rounds <= 100, "--rounds must be 1 to 100, got " + rounds);
        check(seconds >= 1 && seconds <= 60, "--seconds must be 1 to 60, got " + seconds);
        check(updates >= 1 && updates <= 10_000, "--updates must be 1 to 10000, got " + updates);
        check(bindings >= 1_000 && bindings <= 5_000_000, "--bindings must be 1000 to 5000000, got " + bindings);
        Progress progress = new Progress(spec.commandLine().getOut(), InstantSource.system());
        Results<ImsRun> results = new Results<>(out, "ims", Machine.here().andVersionOf("knotd"),
                Map.of("rounds", rounds, "seconds", seconds, "bindings", bindings), ImsRun.class);
        Results<UpdateRun> told = new Results<>(out, "ims-updates", Machine.here(), Map.of("updates", updates),
                UpdateRun.class);
        run(LabFolder.STANDARD_ROOT, results, told, progress);
        progress.say("");
        progress.say(table(results.runs()));
        progress.say(updateTable(told.runs()));
        progress.say("Results: " + results.folder().resolve("ims.json"));
        return 0;
    }

    private void run(Path labs, Results<ImsRun> results, Results<UpdateRun> told, Progress progress) {
        progress.narrate("a node with " + bindings + " bindings and names");
        try (ImsRig rig = new ImsRig(labs)) {
            ImsBindings all = new ImsBindings(bindings);
            Path data = rig.folder().resolve("data");
            all.write(data, bindings);
            UdpLoad load = UdpLoad.on(rig.node(), ImsRig.GENERATOR, rig.folder());
            Map<String, UdpLoad.Questions> questions = new LinkedHashMap<>();
            questions.put(PLAIN, UdpLoad.Questions.write(rig.folder().resolve("plain"), ImsRig.IMS_PORT, 4, 8,
                    all.lookups(QUESTIONS, Optional.empty())));
            questions.put(SIGNED, UdpLoad.Questions.write(rig.folder().resolve("signed"), ImsRig.IMS_PORT, 4, 8,
                    all.lookups(QUESTIONS, Optional.of(ImsBindings.hoa(0)))));
            questions.put(KNOT, UdpLoad.Questions.write(rig.folder().resolve("names"), ImsRig.DNS_PORT, 0, 2,
                    all.names(QUESTIONS)));
            try (Running ims = rig.ims(data, HEAP_MB, false); Running knot = rig.knot(all.zone())) {
                progress.narrate("warming up");
                questions.values().forEach(it -> load.capacity(it, WARM_UP_S));
                turns(load, questions, Map.of(PLAIN, ims, SIGNED, ims, KNOT, knot), results, progress);
                SUBSCRIBERS.forEach(count -> tell(rig, count, told, progress));
            }
        }
    }

    private void turns(UdpLoad load, Map<String, UdpLoad.Questions> questions, Map<String, Running> programs,
            Results<ImsRun> results, Progress progress) {
        List<String> servers = new ArrayList<>(questions.keySet());
        progress.runsBegin();
        for (int round = 1; round <= rounds; round++) {
            for (String server : servers) {
                long pid = programs.get(server).pid();
                double before = ProcessorTime.of(pid);
                UdpLoad.Answers capacity = load.capacity(questions.get(server), seconds);
                double perProcessorSecond = capacity.answered() / (ProcessorTime.of(pid) - before);
                double rate = PART * capacity.perSecond();
                UdpLoad.Answers steady = load.steady(questions.get(server), rate, seconds);
                results.add(new ImsRun(round, server, capacity.perSecond(), perProcessorSecond, rate, steady.p50Us(),
                        steady.p99Us(),
                        steady.lost()));
                progress.ran(results.runs().size(), rounds * servers.size(),
                        "%s: %.0f a second, %.0f a processor's second; at 70 %% p50 %d us, p99 %d us".formatted(
                                server, capacity.perSecond(), perProcessorSecond, steady.p50Us(), steady.p99Us()));
            }
            Collections.rotate(servers, 1);
        }
    }

    private void tell(ImsRig rig, int subscribers, Results<UpdateRun> told, Progress progress) {
        progress.narrate(updates + " changes told to " + subscribers);
        rig.run(Subscribers.class.getName(), TELLING_LIMIT, List.of(Integer.toString(ImsRig.IMS_PORT),
                Integer.toString(ImsRig.ADMIN_PORT), rig.control().toString(), Integer.toString(subscribers),
                Integer.toString(updates))).lines().map(line -> line.split(" "))
                .filter(parts -> parts.length == 2).forEach(parts -> told.add(
                        new UpdateRun(subscribers, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]))));
    }

    /** How long it took until all had heard. ASCII. */
    static String updateTable(List<UpdateRun> runs) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-36s %4s %10s %10s %10s%n",
                "ms until all subscribers have it", "n", "median", "p99", "known"));
        for (int count : SUBSCRIBERS) {
            List<UpdateRun> some = runs.stream().filter(run -> run.subscribers() == count).toList();
            if (!some.isEmpty()) {
                Sample heard = Sample.of(some.stream().map(UpdateRun::heardUs).toList());
                Sample known = Sample.of(some.stream().map(UpdateRun::knownUs).toList());
                text.append(String.format(Locale.ROOT, "  %-34d %4d %10.1f %10.1f %10.1f%n", count, heard.n(),
                        heard.median() / 1e3, heard.p99() / 1e3, known.median() / 1e3));
            }
        }
        return text.toString();
    }

    /** What the servers did, beside each other. ASCII. */
    static String table(List<ImsRun> runs) {
        StringBuilder text = new StringBuilder();
        block(text, "answers a second", runs, ImsRun::perSecond, 1);
        block(text, "answers a second of processor time", runs, ImsRun::perProcessorSecond, 1);
        block(text, "p50 at 70 %, microseconds", runs, ImsRun::p50Us, 1);
        block(text, "p99 at 70 %, microseconds", runs, ImsRun::p99Us, 1);
        block(text, "unanswered at 70 %, of a million", runs, ImsRun::lost, 1e6);
        return text.toString();
    }

    private static void block(StringBuilder text, String title, List<ImsRun> runs, ToDoubleFunction<ImsRun> figure,
            double unit) {
        text.append(String.format(Locale.ROOT, "%-36s %4s %10s %10s %10s%n", title, "n", "median", "lowest",
                "highest"));
        for (String server : List.of(PLAIN, SIGNED, KNOT)) {
            List<Double> values = runs.stream().filter(run -> run.server().equals(server))
                    .map(run -> figure.applyAsDouble(run) * unit).toList();
            if (!values.isEmpty()) {
                Sample sample = Sample.of(values);
                text.append(String.format(Locale.ROOT, "  %-34s %4d %10.0f %10.0f %10.0f%n", server, sample.n(),
                        sample.median(), sample.lowest(), sample.highest()));
            }
        }
        text.append('\n');
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
