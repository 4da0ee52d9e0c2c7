package org.godwit.host.command;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.godwit.host.alone.DurableFile;
import org.godwit.protocol.agent.Deed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was done alone and has not been recorded by the MCS yet, on the disk. Of one kind of deed in one epoch of a VM the first is
 * kept. Bounded: the oldest is forgotten for a new one.
 */
public final class DeedMemory {

    private static final Logger LOG = LoggerFactory.getLogger(DeedMemory.class);
    private static final int KEPT_MAX = 1024;

    private final Path file;
    private final List<Deed> kept = new ArrayList<>();

    /** @param file one deed after the other, each after its length */
    public DeedMemory(Path file) {
        this.file = file;
        try {
            if (Files.exists(file)) {
                ByteArrayInputStream bytes = new ByteArrayInputStream(Files.readAllBytes(file));
                for (Deed next = Deed.parseDelimitedFrom(bytes); next != null; next = Deed.parseDelimitedFrom(bytes)) {
                    kept.add(next);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the file of deeds " + file, e);
        }
    }

    /** @return false when one of its kind was kept before */
    public synchronized boolean keep(Deed deed) {
        if (kept.stream().anyMatch(other -> isSame(other, deed))) {
            return false;
        }
        if (kept.size() == KEPT_MAX) {
            kept.removeFirst();
        }
        kept.add(deed);
        write();
        return true;
    }

    /** It is recorded elsewhere. */
    public synchronized void forget(Deed deed) {
        if (kept.remove(deed)) {
            write();
        }
    }

    /** The oldest first. */
    public synchronized List<Deed> kept() {
        return List.copyOf(kept);
    }

    private static boolean isSame(Deed one, Deed other) {
        return one.getVmUuid().equals(other.getVmUuid()) && one.getEpoch() == other.getEpoch()
                && one.getKind() == other.getKind();
    }

    /** A report that is lost with the next crash costs nobody a VM: what was done stays done. */
    private void write() {
        try {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (Deed deed : kept) {
                deed.writeDelimitedTo(all);
            }
            DurableFile.replace(file, all.toByteArray());
        } catch (IOException | UncheckedIOException e) {
            LOG.error("what was done alone cannot be kept in {}: {}", file, e.getMessage());
        }
    }
}
