package org.godwit.host.command;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.godwit.host.alone.DurableFile;
import org.godwit.protocol.agent.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcomes of the last commands, by id: a repeated command is answered with its first outcome and never performed twice,
 * not even by the next agent process. Bounded; commands that still run are never forgotten. Outcomes hold no secrets; the
 * commands themselves, which may, are not kept.
 */
public final class OutcomeMemory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutcomeMemory.class);
    private static final int KEPT_MAX = 1024;

    private final Path file;
    private final int keptMax;
    private final Set<String> running = new HashSet<>();
    private final Map<String, Outcome> finished = new LinkedHashMap<>();
    private FileChannel log;
    private int logged;

    public OutcomeMemory(Path file) {
        this(file, KEPT_MAX);
    }

    /** @param file one outcome after the other, each after its length; what a crash has cut off at its end does not count */
    OutcomeMemory(Path file, int keptMax) {
        this.file = file;
        this.keptMax = keptMax;
        try {
            if (Files.exists(file)) {
                load(Files.readAllBytes(file));
            }
            begin();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the file of outcomes " + file, e);
        }
    }

    /** What is known of a command id. */
    sealed interface Known {

        /** Never seen, or forgotten; from now on it counts as running. */
        record New() implements Known {}

        /** Its outcome will be sent when it is there. */
        record Running() implements Known {}

        record Finished(Outcome outcome) implements Known {}
    }

    synchronized Known begin(String id) {
        Optional<Outcome> outcome = Optional.ofNullable(finished.get(id));
        if (outcome.isPresent()) {
            return new Known.Finished(outcome.get());
        }
        return running.add(id) ? new Known.New() : new Known.Running();
    }

    /** It is on disk when this returns, or the log tells that it cannot be: then it is remembered until the agent ends, or the next one is kept. */
    synchronized void finish(Outcome outcome) {
        running.remove(outcome.getCommandId());
        keep(outcome);
        try {
            if (++logged > 2 * keptMax) {
                begin();
            } else {
                append(outcome);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.error("command={} its outcome cannot be kept in {}: {}", outcome.getCommandId(), file, e.getMessage());
            // A part of it may be there, behind which nothing would be found: with the next one all is written anew.
            logged = 2 * keptMax;
        }
    }

    private void keep(Outcome outcome) {
        finished.put(outcome.getCommandId(), outcome);
        if (finished.size() > keptMax) {
            finished.remove(finished.keySet().iterator().next());
        }
    }

    private void load(byte[] content) {
        ByteArrayInputStream bytes = new ByteArrayInputStream(content);
        try {
            for (Outcome next = Outcome.parseDelimitedFrom(bytes); next != null; next = Outcome
                    .parseDelimitedFrom(bytes)) {
                keep(next);
            }
        } catch (IOException e) {
            LOG.info("the last outcome in {} was cut off by a crash", file);
        }
    }

    /** Writes the file anew, without what is forgotten. */
    private void begin() throws IOException {
        close();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Outcome outcome : finished.values()) {
            outcome.writeDelimitedTo(all);
        }
        DurableFile.replace(file, all.toByteArray());
        log = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        logged = finished.size();
    }

    private void append(Outcome outcome) throws IOException {
        ByteArrayOutputStream one = new ByteArrayOutputStream();
        outcome.writeDelimitedTo(one);
        ByteBuffer bytes = ByteBuffer.wrap(one.toByteArray());
        while (bytes.hasRemaining()) {
            log.write(bytes);
        }
        log.force(false);
    }

    @Override
    public synchronized void close() {
        try {
            if (log != null) {
                log.close();
            }
        } catch (IOException e) {
            LOG.warn("{} does not close: {}", file, e.getMessage());
        }
    }
}
