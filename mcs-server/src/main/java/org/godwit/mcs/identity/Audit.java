package org.godwit.mcs.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.godwit.mcs.store.AuditStore;
import org.godwit.protocol.identity.AuditChain;
import org.godwit.protocol.identity.PrivateFile;
import org.godwit.protocol.rest.Resources.AuditEntry;
import org.godwit.protocol.rest.Resources.AuditHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what, and who was refused: rows that hold each other ({@link AuditChain}). The newest one is told apart in
 * {@code audit.head} beside the database, so that it shows when the last rows are missing. Every method may block on the disk.
 *
 * <p>What is recorded holds no bodies, so no secrets: method, path, and what came of it. What several want to have recorded at
 * the same time goes to the disk in one transaction.
 */
public final class Audit implements AutoCloseable {

    /** What an entry is called that says that others are missing. */
    public static final String GAP = "audit gap";

    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    /** Whoever is not known must not fill the disk: so many refusals at once, then one for each interval. */
    private static final int REFUSALS_AT_ONCE = 50;
    private static final long REFUSAL_INTERVAL_MS = 10_000;

    private final CertificateAuthority authority;
    private final AuditStore store;
    private final Path headFile;
    private final InstantSource clock;
    private final Queue<Record> waiting = new ConcurrentLinkedQueue<>();
    /** Whoever has it writes what waits, also for others. */
    private final ReentrantLock writing = new ReentrantLock();
    private AuditHead head;
    private boolean closed;
    private long refusalsRefilledMs;
    private int refusalsLeft = REFUSALS_AT_ONCE;
    private long refusalsUntold;

    /** Something to be recorded; done, or failed, when it was. */
    private record Record(String actor, String origin, String action, String outcome, CompletableFuture<Void> written) {

        Record(String actor, String origin, String action, String outcome) {
            this(actor, origin, action, outcome, new CompletableFuture<>());
        }
    }

    private Audit(CertificateAuthority authority, AuditStore store, Path headFile, InstantSource clock) {
        this.authority = authority;
        this.store = store;
        this.headFile = headFile;
        this.clock = clock;
        this.refusalsRefilledMs = clock.millis();
    }

    /** Says so in the audit itself, for good, when entries are missing that were there. */
    public static Audit open(CertificateAuthority authority, AuditStore store, Path folder, InstantSource clock) {
        Audit audit = new Audit(authority, store, folder.resolve("audit.head"), clock);
        Optional<String> missing = audit.missing();
        missing.ifPresent(sentence -> LOG.error("the audit has been tampered with: {}", sentence));
        audit.record("mcs-server", "-", missing.isPresent() ? GAP : "start", missing.orElse("ok"));
        return audit;
    }

    /** One thing that somebody did. @throws RuntimeException when it cannot be written: then it must not be done */
    public void record(String actor, String origin, String action, String outcome) {
        Record own = new Record(actor, origin, action, outcome);
        waiting.add(own);
        writeWaiting();
        try {
            own.written().join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the audit cannot be written", e.getCause());
        }
    }

    /** As {@link #record}, but returns at once: that it was begun is recorded already. */
    public void recordSoon(String actor, String origin, String action, String outcome) {
        Record own = new Record(actor, origin, action, outcome);
        own.written().exceptionally(e -> {
            LOG.error("what came of \"{}\" by {} cannot be recorded: {}", action, actor, outcome, e);
            return null;
        });
        waiting.add(own);
        Thread.ofVirtual().name("audit").start(this::writeWaiting);
    }

    /** Returns when all is written, or has failed, that waited when it was called. */
    private void writeWaiting() {
        writing.lock();
        try {
            List<Record> all = new ArrayList<>();
            for (Record next = waiting.poll(); next != null; next = waiting.poll()) {
                all.add(next);
            }
            if (closed) {
                all.forEach(one -> one.written().completeExceptionally(new IllegalStateException("it is closed")));
            } else if (!all.isEmpty()) {
                write(all);
            }
        } finally {
            writing.unlock();
        }
    }

    private void write(List<Record> all) {
        try {
            List<AuditEntry> entries = store.append(last -> {
                List<AuditEntry> chain = new ArrayList<>();
                Optional<AuditEntry> before = last;
                for (Record one : all) {
                    AuditEntry next = entry(before, one);
                    chain.add(next);
                    before = Optional.of(next);
                }
                return chain;
            });
            AuditEntry newest = entries.getLast();
            head = new AuditHead(newest.number(), newest.hash(), newest.signature());
            PrivateFile.write(headFile, head.number() + " " + head.hash() + " " + head.signature() + "\n");
            entries.forEach(it -> LOG.info("audit={} actor={} origin={} action=\"{}\" outcome=\"{}\" hash={}",
                    it.number(), it.actor(), it.origin(), it.action(), it.outcome(), it.hash()));
            all.forEach(one -> one.written().complete(null));
        } catch (IOException | RuntimeException e) {
            all.forEach(one -> one.written().completeExceptionally(e));
        }
    }

    private AuditEntry entry(Optional<AuditEntry> last, Record one) {
        long number = last.map(AuditEntry::number).orElse(0L) + 1;
        String at = clock.instant().toString();
        String hash = AuditChain.hash(last.map(AuditEntry::hash).orElse(AuditChain.BEGINNING), number, at, one.actor(),
                one.origin(), one.action(), one.outcome());
        return new AuditEntry(number, at, one.actor(), one.origin(), one.action(), one.outcome(), hash,
                authority.signAudit(hash));
    }

    /** Something that was not done, for somebody who may be anybody: of very many, some are only counted. */
    public void refused(String actor, String origin, String action, String shown) {
        Optional<String> more = admitRefusal();
        if (more.isPresent()) {
            record(actor, origin, action, "refused: " + shown + more.get());
        } else {
            LOG.warn("refused: actor={} origin={} action=\"{}\" shown=\"{}\"", actor, origin, action, shown);
        }
    }

    private synchronized Optional<String> admitRefusal() {
        long now = clock.millis();
        long refilled = Math.max(0, (now - refusalsRefilledMs) / REFUSAL_INTERVAL_MS);
        refusalsLeft = (int) Math.min(REFUSALS_AT_ONCE, refusalsLeft + refilled);
        refusalsRefilledMs = refilled > 0 ? now : refusalsRefilledMs;
        if (refusalsLeft == 0) {
            refusalsUntold++;
            return Optional.empty();
        }
        refusalsLeft--;
        String more = refusalsUntold == 0 ? "" : "; and " + refusalsUntold + " more refusals before";
        refusalsUntold = 0;
        return Optional.of(more);
    }

    public AuditHead head() {
        writing.lock();
        try {
            writeWaiting();
            return head;
        } finally {
            writing.unlock();
        }
    }

    public List<AuditEntry> after(long number, int limit) {
        writeWaiting();
        return store.after(number, limit);
    }

    /** A sentence when what {@code audit.head} says is not there. */
    private Optional<String> missing() {
        if (Files.notExists(headFile)) {
            return store.after(0, 1).isEmpty()
                    ? Optional.empty()
                    : Optional.of("the file that tells the newest entry is missing");
        }
        try {
            String[] said = Files.readString(headFile).strip().split(" ");
            String entry = said[0] + " with the hash " + said[1];
            return store.entry(Long.parseLong(said[0])).filter(there -> there.hash().equals(said[1])).isPresent()
                    ? Optional.empty()
                    : Optional.of("there was an entry " + entry + ", which is not there any more");
        } catch (IOException | RuntimeException e) {
            return Optional.of("the file that tells the newest entry cannot be read");
        }
    }

    /** Writes what waits, and from then on nothing: whoever asks for it is told so. */
    @Override
    public void close() {
        writing.lock();
        try {
            writeWaiting();
            closed = true;
        } finally {
            writing.unlock();
        }
    }
}
