package org.godwit.lab.experiment.sharedmemory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.godwit.lab.Correspondent;
import org.godwit.lab.LabException;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;

/** {@code memorymover.c} on both nodes, connected. For one thread. */
final class MemoryMover implements AutoCloseable {

    private static final String PORT = "7002";
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Pattern ANSWER = Pattern.compile("(?:pass (\\d+) (\\d+) (\\d+)|same|differs)\n");

    private final Running receiver;
    private final Running sender;
    private final Patience patience;
    private int answers;

    /** @param ms until the target had it */
    record Pass(long pages, long zeroes, double ms) {}

    private MemoryMover(Running receiver, Running sender, Patience patience) {
        this.receiver = receiver;
        this.sender = sender;
        this.patience = patience;
    }

    /** @param name unlike any other's of these nodes */
    static MemoryMover connect(Path program, String name, Correspondent source, Correspondent target,
            Patience patience) {
        Running receiver = target.start("receiver-" + name,
                List.of(program.toString(), "receive", MemoryVm.MEMORY, PORT));
        try {
            receiver.awaitReady(patience, START_LIMIT, () -> receiver.hasSaid("listening\n"), "does not listen");
            Running sender = source.start("sender-" + name, List.of(program.toString(), "send", MemoryVm.MEMORY,
                    target.address().toCanonicalString(), PORT));
            MemoryMover mover = new MemoryMover(receiver, sender, patience);
            sender.awaitReady(patience, START_LIMIT, () -> sender.hasSaid("ready\n"), "does not connect");
            return mover;
        } catch (RuntimeException e) {
            receiver.close();
            throw e;
        }
    }

    /** Sends what differs from what was sent before. */
    Pass pass() {
        MatchResult said = answer("pass");
        return new Pass(Long.parseLong(said.group(1)), Long.parseLong(said.group(2)),
                Long.parseLong(said.group(3)) / 1e3);
    }

    /** Whether both memories are equal, byte by byte. */
    boolean areSame() {
        return answer("compare").group().equals("same\n");
    }

    private MatchResult answer(String order) {
        sender.say(order);
        answers++;
        patience.until(LIMIT, () -> !sender.isAlive() || ANSWER.matcher(sender.said()).results().count() >= answers,
                () -> sender.complaint("does not answer " + order));
        return ANSWER.matcher(sender.said()).results().skip(answers - 1L).findFirst()
                .orElseThrow(() -> new LabException(sender.complaint("has ended")));
    }

    @Override
    public void close() {
        sender.close();
        receiver.close();
    }
}
