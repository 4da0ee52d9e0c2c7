package org.godwit.host.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.godwit.host.alone.DurableFile;

/** Of VMs that are shut down to be started elsewhere: what has to be put right when they stay. One small file a VM. */
public final class ShutdownNotes {

    private final Path folder;

    /**
     * @param autostarted whether libvirt started it with its daemon before
     * @param until when its guest has the time to shut down
     */
    record Note(boolean autostarted, Instant until) {

        private static Note parse(String text) {
            String[] words = text.strip().split(" ");
            return new Note(Boolean.parseBoolean(words[0]), Instant.parse(words[1]));
        }

        private String text() {
            return autostarted + " " + until + "\n";
        }
    }

    /** @param folder made when missing */
    public ShutdownNotes(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the folder of shutdowns " + folder, e);
        }
    }

    Optional<Note> of(UUID vm) {
        try {
            return Optional.of(Note.parse(Files.readString(file(vm))));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            throw new UncheckedIOException(file(vm) + " cannot be read as what an agent has written: mend or remove it",
                    new IOException(e));
        }
    }

    void put(UUID vm, Note note) {
        DurableFile.replace(file(vm), note.text());
    }

    void remove(UUID vm) {
        try {
            Files.deleteIfExists(file(vm));
        } catch (IOException e) {
            throw new UncheckedIOException(file(vm) + " cannot be removed", e);
        }
    }

    private Path file(UUID vm) {
        return folder.resolve(vm.toString());
    }
}
