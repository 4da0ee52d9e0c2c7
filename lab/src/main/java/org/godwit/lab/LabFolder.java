package org.godwit.lab;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.godwit.lab.network.LabId;
import org.godwit.lab.process.ProcessIdentity;
import org.godwit.model.Name;

/**
 * What one lab has on disk. The folder exists before anything else of the lab and goes last, so that {@code lab/clean}
 * always finds the rest.
 *
 * @param root where all labs of the machine have their folders
 */
public record LabFolder(Path root, LabId id) {

    /** Where labs are unless said otherwise; {@code lab/clean} looks there. */
    public static final Path STANDARD_ROOT = Path.of("/run/godwit-lab");

    public LabFolder {
        requireNonNull(root, "root is null");
        requireNonNull(id, "id is null");
    }

    /** Takes an id that no other lab has, together with the proof of who owns it. */
    static LabFolder create(Path root) {
        try {
            Files.createDirectories(root);
            SecureRandom random = new SecureRandom();
            Path prepared = Files.createTempDirectory(root, ".new-");
            ProcessIdentity owner = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
            Files.writeString(prepared.resolve("owner"), owner.line());
            for (String part : new String[]{"pids", "logs", "nodes", "vms", "captures" }) {
                Files.createDirectory(prepared.resolve(part));
            }
            while (true) {
                byte[] hex = new byte[2];
                random.nextBytes(hex);
                LabFolder folder = new LabFolder(root, new LabId(HexFormat.of().formatHex(hex)));
                try {
                    // Atomic: two labs that draw the same id cannot both succeed.
                    Files.move(prepared, folder.path(), StandardCopyOption.ATOMIC_MOVE);
                    return folder;
                } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
                    // Taken; draw again.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a lab needs a folder under " + root, e);
        }
    }

    public Path path() {
        return root.resolve(id.hex());
    }

    public Path logs() {
        return path().resolve("logs");
    }

    public Path captures() {
        return path().resolve("captures");
    }

    /** What one node has instead of the machine's own files. */
    Path node(Name node) {
        return path().resolve("nodes").resolve(node.text());
    }

    /** Copies what programs and guests have written, for whoever wants to know why something failed. */
    public void saveLogs(Path where) {
        for (Path from : List.of(logs(), path().resolve("vms"))) {
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path copy = where.resolve(from.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the lab's logs cannot be copied to " + where, e);
            }
        }
    }

    Path vm(Name vm) {
        return path().resolve("vms").resolve(vm.text());
    }

    /** Remembers a process of the lab for {@code lab/clean}. One that has ended already needs no remembering. */
    void record(String name, long pid) {
        ProcessIdentity.of(pid).ifPresent(identity -> write(path().resolve("pids").resolve(name), identity.line()));
    }

    /** A file of so many zeros, which takes no room. */
    static void makeSparse(Path file, long bytes) {
        try {
            Files.createDirectories(file.getParent());
            try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
                made.setLength(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be made", e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }
}
