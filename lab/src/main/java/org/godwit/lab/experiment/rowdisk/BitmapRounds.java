package org.godwit.lab.experiment.rowdisk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.bench.Landing;
import org.godwit.lab.bench.MoverIdentity;
import org.godwit.lab.bench.MoverNode;
import org.godwit.lab.bench.QemuEvents;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.rowdisk.RoundsNode.Round;
import org.godwit.lab.house.Programs;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.model.DowntimeLadder;
import org.godwit.protocol.rest.RestJson;

/**
 * Whole-system migration by block bitmaps, as the paper describes what it compares itself with: all of the disk is sent, then in
 * rounds what a bitmap says was written meanwhile, then the memory; at last the VM stands still for what was written to the disk
 * since. QEMU keeps the bitmaps and exports the disk, and Godwit's mover sends, so that only the method differs. The memory is
 * copied by QEMU's own pre-copy, to somebody at the target who throws it away: when the VM would go it is called back. In the end
 * both disks are compared.
 */
final class BitmapRounds implements AutoCloseable {

    /** QEMU's own, of qcow2 with its standard clusters. */
    private static final int GRANULARITY = 64 << 10;
    /** The paper: three rounds of pre-migration, the first of them with all of the disk. */
    private static final int ROUNDS_MAX = 3;
    private static final long LITTLE_BYTES = 4L << 20;
    private static final int PORT = 7001;
    /** Where libvirt would begin to look for one. */
    private static final int MEMORY_PORT = 49_152;
    private static final Duration MEMORY_LIMIT = Duration.ofMinutes(10);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration ROUND_LIMIT = Duration.ofMinutes(15);
    private static final Path FOLDER = TwoSites.DISK.getParent();
    private static final Path EXPORTS = FOLDER.resolve("exports.nbd");
    private static final Path ARRIVED = FOLDER.resolve("arrived.qcow2");
    private static final Path ARRIVING = FOLDER.resolve("arriving.nbd");

    private final Patience patience = new Patience(InstantSource.system());
    private final InstantSource clock = InstantSource.system();
    private final String vm;
    private final Host source;
    private final Host target;
    private final QemuEvents events;
    private final String node;
    private final List<AutoCloseable> parts = new ArrayList<>();
    private Running sender;

    /**
     * What it took.
     *
     * @param orderedUs when it began, in µs since 1970
     * @param suspendedUs when the VM stood still
     * @param rounds of update data while it ran
     * @param memoryMs until the memory had been copied
     * @param last of what was written since the last of these rounds, and while the memory was copied
     */
    record Outcome(Round first, List<Round> rounds, double memoryMs, Round last, long orderedUs, long suspendedUs) {

        double totalMs() {
            return first.ms() + rounds.stream().mapToDouble(Round::ms).sum() + memoryMs + last.ms();
        }
    }

    private BitmapRounds(String vm, Host source, Host target, QemuEvents events) {
        this.vm = vm;
        this.source = source;
        this.target = target;
        this.events = events;
        this.node = node();
    }

    /** @throws LabException when it fails, or what has arrived is not what the VM has */
    static Outcome run(String vm, Host source, Host target, QemuEvents events, int mib, Path work, String name) {
        try (BitmapRounds rounds = new BitmapRounds(vm, source, target, events)) {
            rounds.prepare(mib, work, name);
            return rounds.run();
        }
    }

    private void prepare(int mib, Path work, String name) {
        CertificateAuthority authority = CertificateAuthority.open(work, clock);
        Path sourceIdentity = work.resolve("source.pem");
        Path targetIdentity = work.resolve("target.pem");
        MoverIdentity.issue(authority, source, sourceIdentity);
        MoverIdentity.issue(authority, target, targetIdentity);
        target.run("qemu-img", "create", "-q", "-f", "qcow2", ARRIVED.toString(), mib + "M");
        parts.add(() -> target.run("rm", "-f", ARRIVED.toString(), ARRIVING.toString()));
        Running image = keep(target.start("arriving-" + name, List.of("qemu-nbd", "--persistent", "--shared=24",
                "--format=qcow2", "--discard=unmap", "--socket=" + ARRIVING, ARRIVED.toString())));
        image.awaitReady(patience, START_LIMIT, () -> exists(target, ARRIVING), "does not open its socket");
        String address = target.address().toCanonicalString();
        Running receiver = keep(target.start("receiver-" + name, Programs.command(MoverNode.class.getName(),
                Programs.MOVING_DISKS,
                List.of("--receive", "--address", address, "--port", "" + PORT, "--disk", ARRIVING.toString(),
                        "--warm-up", ARRIVING.toString(), "--identity", targetIdentity.toString())),
                Programs.environment()));
        sender = keep(source.start("rounds-" + name, Programs.command(RoundsNode.class.getName(),
                Programs.MOVING_DISKS,
                List.of("--address", address, "--port", "" + PORT, "--exports", EXPORTS.toString(), "--chunk-bytes",
                        "" + GRANULARITY, "--identity", sourceIdentity.toString())),
                Programs.environment()));
        for (Running program : List.of(receiver, sender)) {
            program.awaitReady(patience, START_LIMIT, () -> program.hasSaid(MoverNode.READY), "does not begin");
        }
        Running sink = keep(target.start("memory-" + name,
                List.of("sh", "-c", "exec busybox nc -l -p " + MEMORY_PORT + " > /dev/null")));
        sink.awaitReady(patience, START_LIMIT,
                () -> target.run("ss", "-Hltn").contains(":" + MEMORY_PORT + " "), "does not listen");
        qmp("nbd-server-start", "{\"addr\": {\"type\": \"unix\", \"data\": {\"path\": \"" + EXPORTS + "\"}}}");
        parts.add(() -> source.run("rm", "-f", EXPORTS.toString()));
        parts.add(() -> qmp("nbd-server-stop", "{}"));
    }

    private Outcome run() {
        long orderedUs = Landing.micros(clock.instant());
        mark(0);
        Round first = send(0, false);
        List<Round> rounds = new ArrayList<>();
        int round = 0;
        do {
            turnOver(++round);
            rounds.add(send(round, true));
        } while (round + 1 < ROUNDS_MAX && rounds.getLast().bytes() > LITTLE_BYTES);
        long copiedUs = Landing.micros(clock.instant());
        try {
            copyMemory();
            turnOver(++round);
            Round last = send(round, true);
            export(round + 1, Optional.empty());
            source.run(ROUND_LIMIT, List.of("qemu-img", "compare", "-q", "-U", "--image-opts",
                    "driver=nbd,server.type=unix,server.path=" + EXPORTS + ",export=" + exportName(round + 1),
                    "driver=qcow2,file.driver=file,file.filename=" + arrivedAsTheSourceSeesIt()));
            unexport(round + 1);
            unmark(round);
            long suspendedUs = events.first(source, "STOP", copiedUs).atUs();
            return new Outcome(first, rounds,
                    Landing.ms(events.first(source, "MIGRATION/setup", copiedUs).atUs(), suspendedUs), last, orderedUs,
                    suspendedUs);
        } finally {
            callBack();
        }
    }

    /** Returns when the VM stands still, and all but its devices has been copied. */
    private void copyMemory() {
        qmp("migrate-set-capabilities",
                "{\"capabilities\": [{\"capability\": \"pause-before-switchover\", \"state\": true},"
                        + " {\"capability\": \"return-path\", \"state\": false}]}");
        allow(DowntimeLadder.STANDARD.limit(0));
        qmp("migrate", "{\"uri\": \"tcp:[" + target.address().toCanonicalString() + "]:" + MEMORY_PORT + "\"}");
        patience.until(MEMORY_LIMIT, this::isMemoryCopied,
                () -> "the memory of " + vm + " is not copied: " + migration());
    }

    private boolean isMemoryCopied() {
        JsonNode now = migration();
        String status = now.path("status").asText();
        if (status.equals("failed") || status.equals("cancelled")) {
            throw new LabException("the memory of " + vm + " cannot be copied: " + now);
        }
        // As a host agent allows it, and what libvirt does alone is allowed here.
        allow(DowntimeLadder.STANDARD.limit(now.path("ram").path("dirty-sync-count").asInt()));
        return status.equals("pre-switchover");
    }

    private JsonNode migration() {
        return qmp("query-migrate", "{}");
    }

    private void allow(Duration downtime) {
        qmp("migrate-set-parameters", "{\"downtime-limit\": " + downtime.toMillis() + "}");
    }

    private void callBack() {
        qmp("migrate_cancel", "{}");
        patience.until(START_LIMIT, () -> source.virsh("domstate", vm).strip().equals("running"),
                () -> vm + " does not run again: " + migration());
        qmp("migrate-set-capabilities",
                "{\"capabilities\": [{\"capability\": \"pause-before-switchover\", \"state\": false}]}");
    }

    /** Exports the disk, sends it or what the bitmap of the round before has, and forgets both. */
    private Round send(int round, boolean isMarked) {
        Optional<String> bitmap = isMarked ? Optional.of(bitmapName(round - 1)) : Optional.empty();
        export(round, bitmap);
        sender.say(exportName(round) + bitmap.map(name -> " " + name).orElse(""));
        Pattern said = Pattern.compile(RoundsNode.ROUND.pattern().replace("\\S+", exportName(round)));
        patience.until(ROUND_LIMIT, () -> !sender.isAlive() || sender.find(said).isPresent(),
                () -> sender.complaint("does not end a round"));
        Round sent = Round.of(sender.find(said).orElseThrow(() -> new LabException(sender.complaint("has ended"))));
        unexport(round);
        bitmap.ifPresent(_ -> unmark(round - 1));
        return sent;
    }

    /** What is written from now on belongs to the next round. */
    private void turnOver(int round) {
        qmp("transaction", ("{\"actions\": ["
                + "{\"type\": \"block-dirty-bitmap-add\", \"data\": {\"node\": \"%s\", \"name\": \"%s\", \"granularity\": %d}},"
                + "{\"type\": \"block-dirty-bitmap-disable\", \"data\": {\"node\": \"%s\", \"name\": \"%s\"}}]}")
                .formatted(node, bitmapName(round), GRANULARITY, node, bitmapName(round - 1)));
    }

    private void mark(int round) {
        qmp("block-dirty-bitmap-add", "{\"node\": \"%s\", \"name\": \"%s\", \"granularity\": %d}".formatted(node,
                bitmapName(round), GRANULARITY));
    }

    private void unmark(int round) {
        qmp("block-dirty-bitmap-remove", "{\"node\": \"%s\", \"name\": \"%s\"}".formatted(node, bitmapName(round)));
    }

    private void export(int round, Optional<String> bitmap) {
        qmp("block-export-add", "{\"type\": \"nbd\", \"id\": \"%s\", \"node-name\": \"%s\", \"name\": \"%s\"%s}"
                .formatted(exportName(round), node, exportName(round),
                        bitmap.map(name -> ", \"bitmaps\": [\"" + name + "\"]").orElse("")));
    }

    private void unexport(int round) {
        qmp("block-export-del", "{\"id\": \"%s\", \"mode\": \"hard\"}".formatted(exportName(round)));
        // It lasts until its last connection is gone, and keeps the bitmap for so long.
        patience.until(START_LIMIT, () -> qmp("query-block-exports", "{}").isEmpty(),
                () -> "QEMU exports its disk still");
    }

    private static String exportName(int round) {
        return "round-" + round;
    }

    private static String bitmapName(int round) {
        return "written-" + round;
    }

    /** What QEMU calls the uppermost image of the disk that the VM has. */
    private String node() {
        for (JsonNode device : qmp("query-block", "{}")) {
            String name = device.path("inserted").path("node-name").asText();
            if (!name.isEmpty()) {
                return name;
            }
        }
        throw new LabException("QEMU knows of no disk of " + vm);
    }

    /** @param arguments in JSON */
    private JsonNode qmp(String command, String arguments) {
        String answer = source.virsh("qemu-monitor-command", vm,
                "{\"execute\": \"" + command + "\", \"arguments\": " + arguments + "}");
        try {
            JsonNode said = RestJson.lenient().readTree(answer);
            if (said.has("error")) {
                throw new LabException("QEMU refuses " + command + ": " + said.get("error"));
            }
            return said.path("return");
        } catch (JsonProcessingException e) {
            throw new LabException("QEMU does not answer " + command + ": " + answer, e);
        }
    }

    /** Each host has a folder of images of its own, which this machine has at another place. */
    private Path arrivedAsTheSourceSeesIt() {
        return target.images().resolve(ARRIVED.getFileName());
    }

    private static boolean exists(Host host, Path file) {
        return Files.exists(host.images().resolve(file.getFileName()));
    }

    private Running keep(Running program) {
        parts.add(program);
        return program;
    }

    @Override
    public void close() {
        LabException first = null;
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                first = first == null ? new LabException("what sent rounds cannot be taken down", e) : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
