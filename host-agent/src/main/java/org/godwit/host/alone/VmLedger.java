package org.godwit.host.alone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.model.Epoch;
import org.godwit.operation.log.Change;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The highest epoch seen of each VM and where it stands, one small file each. It is on disk before anything is done that
 * follows from it: an agent that crashed refuses what was given up before the crash, and begins no copy twice.
 */
public final class VmLedger {

    private static final Logger LOG = LoggerFactory.getLogger(VmLedger.class);

    private final Path folder;
    private final Map<UUID, Entry> known = new HashMap<>();

    /** What is known of one VM. */
    record Entry(Epoch highest, Stand stand) {

        private static final Entry NONE = new Entry(Epoch.NONE, Stand.IDLE);

        /** {@code 7 COPYING}; earlier agents wrote the number alone. */
        static Entry parse(String text) {
            String[] words = text.strip().split(" ");
            return new Entry(new Epoch(Long.parseLong(words[0])),
                    words.length == 1 ? Stand.IDLE : Stand.valueOf(words[1]));
        }

        String text() {
            return highest + " " + stand + "\n";
        }
    }

    /** @param folder made when missing */
    public VmLedger(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            try (Stream<Path> files = Files.list(folder)) {
                files.map(file -> file.getFileName().toString()).filter(name -> name.length() == 36)
                        .forEach(this::load);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the folder of VMs " + folder, e);
        }
    }

    private void load(String name) {
        try {
            entry(UUID.fromString(name));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            LOG.error("{}: commands of this VM are refused until it is mended", e.getMessage());
        }
    }

    /**
     * Lets a command of this epoch or a higher one pass, and remembers it.
     *
     * @return false when a higher one has been seen: the command must not be performed
     * @throws UncheckedIOException when that cannot be known or remembered: the command must not be performed either
     */
    public synchronized boolean admits(UUID vm, Epoch epoch) {
        Entry now = entry(vm);
        if (epoch.isOlderThan(now.highest())) {
            return false;
        }
        put(vm, now, new Entry(epoch, now.stand()));
        return true;
    }

    /**
     * Says what happens, and remembers where the VM stands then.
     *
     * @return the row that decided; empty when the event changes nothing
     * @throws UncheckedIOException when that cannot be remembered: what follows from it must not be done
     */
    public synchronized Optional<StandTable.Row> happened(UUID vm, StandEvent event) {
        Entry now = entry(vm);
        Optional<StandTable.Row> row = StandTable.find(now.stand(), event);
        row.ifPresent(found -> put(vm, now, new Entry(now.highest(), found.to())));
        return row;
    }

    /** The highest epoch seen. */
    public synchronized Epoch highest(UUID vm) {
        return entry(vm).highest();
    }

    public synchronized Stand stand(UUID vm) {
        return entry(vm).stand();
    }

    /** The VMs that something of a migration is here of. */
    public synchronized Set<UUID> unfinished() {
        return known.entrySet().stream().filter(one -> one.getValue().stand() != Stand.IDLE).map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private Entry entry(UUID vm) {
        return known.computeIfAbsent(vm, this::read);
    }

    private Entry read(UUID vm) {
        Path file = folder.resolve(vm.toString());
        try {
            return Entry.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Entry.NONE;
        } catch (IOException | IllegalArgumentException e) {
            throw new UncheckedIOException(file + " cannot be read as what an agent has written",
                    new IOException(e));
        }
    }

    private void put(UUID vm, Entry before, Entry after) {
        if (!after.equals(before)) {
            DurableFile.replace(folder.resolve(vm.toString()), after.text());
            known.put(vm, after);
            if (after.stand() != before.stand()) {
                LOG.atInfo().addKeyValue("vm", vm).addKeyValue("stand", new Change(before.stand(), after.stand()))
                        .addKeyValue("epoch", after.highest()).log("");
            }
        }
    }
}
