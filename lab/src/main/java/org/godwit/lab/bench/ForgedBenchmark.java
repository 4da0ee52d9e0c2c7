package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.godwit.lab.LabException;
import org.godwit.lab.LabFolder;
import org.godwit.lab.process.Running;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.MalformedFrameException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether forged and replayed registrations are accepted, and what they cost the honest. */
@Command(name = "forged", mixinStandardHelpOptions = true, sortOptions = false, description = "Honest registrations a second without and with forged and replayed ones, in turn; fails when one of those is accepted.")
final class ForgedBenchmark implements Callable<Integer> {

    private static final String ALONE = "none";
    private static final String ONE_SITE = "from one /64";
    private static final String MANY_SITES = "from 256 /64s";
    private static final MobileAddress STOLEN = MobileAddress.of("2001:db8:bad::1");
    private static final String HONEST = "2001:db8:aaaa::1";
    private static final String ATTACKER = "2001:db8:bad:ffff::1";
    private static final String ATTACKERS = "2001:db8:bad/256";
    private static final int OWNERS = 32;
    private static final int FORGED_FRAMES = 5_000;
    private static final int HEAP_MB = 256;
    private static final int TURN_S = 10;
    /** Parts of the attack: what one /64 sends is mostly dropped unseen, so it sends most. */
    private static final double FROM_ONE_SITE = 0.9;
    private static final Duration GRACE = Duration.ofSeconds(60);

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "turns of each kind, 1 to 100 (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--forged", paramLabel = "N", defaultValue = "10000000", description = "forged registrations in all (default: ${DEFAULT-VALUE})")
    private long forged;

    @Option(names = "--replayed", paramLabel = "N", defaultValue = "1000000", description = "replayed registrations in all (default: ${DEFAULT-VALUE})")
    private long replayed;

    @Option(names = "--offered", paramLabel = "N", defaultValue = "100", description = "honest registrations a second; 0: each owner again as soon as it is confirmed (default: ${DEFAULT-VALUE})")
    private int offered;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where forged.json and forged.csv go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    private ImsRig rig;
    private UdpLoad load;
    private Path record;
    private int floods;

    @Override
    public Integer call() {
        check(rounds >= 1 && rounds <= 100, "--rounds must be 1 to 100, got " + rounds);
        check(offered >= 0 && offered <= 1_000, "--offered must be 0 to 1000, got " + offered);
        check(forged >= 1 && replayed >= 1, "--forged and --replayed must be positive");
        Progress progress = new Progress(spec.commandLine().getOut(), InstantSource.system());
        Results<ForgedRun> results = new Results<>(out, "forged", Machine.here(),
                Map.of("rounds", rounds, "forged", forged, "replayed", replayed, "offered", offered), ForgedRun.class);
        try (ImsRig opened = new ImsRig(LabFolder.STANDARD_ROOT)) {
            rig = opened;
            rig.node().run("ip", "-6", "addr", "add", HONEST + "/128", "dev", "lo", "nodad");
            // Any address of theirs is one of this node's.
            rig.node().run("ip", "-6", "route", "add", "local", "2001:db8:bad::/48", "dev", "lo");
            load = UdpLoad.on(rig.node(), ImsRig.GENERATOR, rig.folder());
            record = rig.folder().resolve("record");
            Path data = rig.folder().resolve("data");
            new ImsBindings(OWNERS).write(data, 0);
            UdpLoad.Questions lies = UdpLoad.Questions.write(rig.folder().resolve("forged"), ImsRig.IMS_PORT, 4, 8,
                    lies());
            try (Running _ = rig.ims(data, HEAP_MB, true)) {
                progress.narrate("warming up");
                honest();
                turns(lies, results, progress);
            }
            check(data);
        }
        progress.say("");
        progress.say(table(results.runs()));
        progress.say("No forged and no replayed registration was accepted.");
        progress.say("Results: " + results.folder().resolve("forged.json"));
        return 0;
    }

    /** By somebody who has another owner's key; their nonces are put in by the generator, and are higher than all others. */
    private static List<byte[]> lies() {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < FORGED_FRAMES; i++) {
            frames.add(HonestOwners.registration(i % OWNERS, 0, STOLEN, OWNERS + i % OWNERS));
        }
        return frames;
    }

    private void turns(UdpLoad.Questions lies, Results<ForgedRun> results, Progress progress) {
        List<String> attacks = new ArrayList<>(List.of(ALONE, ONE_SITE, MANY_SITES));
        progress.runsBegin();
        for (int round = 1; round <= rounds; round++) {
            for (String attack : attacks) {
                ForgedRun run = turn(round, attack, lies);
                results.add(run);
                progress.ran(results.runs().size(), rounds * attacks.size(),
                        "attack %s: %.0f honest a second, p99 %.1f ms; %d forged, %d replayed".formatted(attack,
                                run.confirmedPerSecond(), run.p99Us() / 1e3, run.forged(), run.replayed()));
            }
            Collections.rotate(attacks, 1);
        }
    }

    private ForgedRun turn(int round, String attack, UdpLoad.Questions lies) {
        boolean one = attack.equals(ONE_SITE);
        double part = one ? FROM_ONE_SITE : 1 - FROM_ONE_SITE;
        List<Running> attackers = new ArrayList<>();
        if (!attack.equals(ALONE)) {
            String source = one ? ATTACKER : ATTACKERS;
            attackers.add(flood(lies, part * forged / rounds / TURN_S, source));
            // Played again as it was: no number is put in.
            attackers.add(flood(new UdpLoad.Questions(snapshot(), ImsRig.IMS_PORT, 4, 0),
                    part * replayed / rounds / TURN_S, source));
        }
        UdpLoad.Answers honest = honest();
        List<UdpLoad.Answers> dishonest = attackers.stream().map(ForgedBenchmark::end).toList();
        return new ForgedRun(round, attack, offered, honest.perSecond(), honest.p50Us(), honest.p99Us(),
                dishonest.isEmpty() ? 0 : dishonest.get(0).sent(),
                dishonest.isEmpty() ? 0 : dishonest.get(1).sent());
    }

    private Running flood(UdpLoad.Questions questions, double perSecond, String source) {
        return rig.node().start("flood-" + ++floods, load.flood(questions, Math.max(1, perSecond), TURN_S, source));
    }

    /** What was confirmed last; the owners write another record meanwhile. */
    private Path snapshot() {
        try {
            return Files.copy(record, rig.folder().resolve("replayed-" + ++floods));
        } catch (IOException e) {
            throw new UncheckedIOException("the record of the owners cannot be copied", e);
        }
    }

    private static UdpLoad.Answers end(Running attacker) {
        try (attacker) {
            attacker.await(GRACE);
            return UdpLoad.read(Files.readString(attacker.log()));
        } catch (IOException e) {
            throw new UncheckedIOException("what the attacker said cannot be read", e);
        }
    }

    private UdpLoad.Answers honest() {
        return UdpLoad.read(rig.run(HonestOwners.class.getName(), GRACE, List.of(HONEST,
                Integer.toString(ImsRig.IMS_PORT), Integer.toString(TURN_S), Integer.toString(OWNERS),
                Integer.toString(offered), record.toString())));
    }

    /**
     * A forged registration would show in the MoA; a replayed one in a nonce that is lower than one that was confirmed.
     *
     * @throws LabException when either is on the disk
     */
    private void check(Path data) {
        try (Database database = Database.open(data)) {
            Map<HomeAddress, MobileAddress> expected = new HashMap<>();
            Map<HomeAddress, Long> confirmed = HonestOwners.confirmedNonces(Files.readAllBytes(record));
            SqliteMappingStore store = new SqliteMappingStore(database);
            for (int owner = 0; owner < OWNERS; owner++) {
                HomeAddress hoa = ImsBindings.hoa(owner);
                long nonce = store.enrolment(hoa).orElseThrow().registerNonce();
                if (nonce < confirmed.getOrDefault(hoa, 0L)) {
                    throw new LabException("a replayed registration of " + hoa + " was accepted");
                }
                expected.put(hoa, HonestOwners.moa(owner, nonce));
            }
            store.readMappings(mapping -> {
                if (!mapping.active().equals(Optional.ofNullable(expected.get(mapping.hoa())))) {
                    throw new LabException("a forged registration was accepted: " + mapping);
                }
            });
        } catch (IOException | MalformedFrameException e) {
            throw new LabException("the record of the owners cannot be read", e);
        }
    }

    /** ASCII. */
    static String table(List<ForgedRun> runs) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "%-30s %4s %8s %8s %8s %7s %8s %8s %12s %12s%n",
                "honest registrations a second", "n", "median", "lowest", "highest", "ratio", "p50 ms", "p99 ms",
                "forged", "replayed"));
        Sample alone = sample(runs, ALONE, ForgedRun::confirmedPerSecond);
        for (String attack : List.of(ALONE, ONE_SITE, MANY_SITES)) {
            Sample sample = sample(runs, attack, ForgedRun::confirmedPerSecond);
            List<ForgedRun> some = runs.stream().filter(run -> run.attack().equals(attack)).toList();
            text.append(String.format(Locale.ROOT, "  attack %-21s %4d %8.1f %8.1f %8.1f %7.2f %8.1f %8.1f %12d %12d%n",
                    attack, sample.n(), sample.median(), sample.lowest(), sample.highest(),
                    sample.median() / alone.median(), sample(runs, attack, run -> run.p50Us() / 1e3).median(),
                    sample(runs, attack, run -> run.p99Us() / 1e3).median(),
                    some.stream().mapToLong(ForgedRun::forged).sum(),
                    some.stream().mapToLong(ForgedRun::replayed).sum()));
        }
        return text.toString();
    }

    private static Sample sample(List<ForgedRun> runs, String attack, ToDoubleFunction<ForgedRun> figure) {
        return Sample.of(runs.stream().filter(run -> run.attack().equals(attack))
                .map(run -> figure.applyAsDouble(run)).toList());
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
