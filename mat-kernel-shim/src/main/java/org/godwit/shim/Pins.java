package org.godwit.shim;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A folder of a BPF file system where our maps and programs outlive their process. Names there take no dots. */
record Pins(Path folder) {

    /** Pinned last, so that its presence says that all the rest is there. */
    private static final String COMPLETE = "mat_complete";

    /** Followed by the id of the build whose programs are pinned. Absent while they are being replaced. */
    private static final String BUILD = "mat_build_";

    private static final String FRESH = "_fresh";

    /** @throws ShimException when the folder does not lie in a BPF file system */
    void check() {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        try {
            String type = Files.getFileStore(there).type();
            if (!type.equals("bpf")) {
                throw new ShimException("the pin folder " + folder + " lies in a file system of type " + type
                        + ", not in a BPF file system: mount one (mount -t bpf bpf /sys/fs/bpf) or install without a "
                        + "pin folder");
            }
        } catch (IOException e) {
            throw new ShimException("cannot tell in which file system the pin folder " + folder + " lies", e);
        }
    }

    boolean areComplete() {
        return has(COMPLETE);
    }

    /** Whether it is this build's programs that are pinned, all of them. */
    boolean areOf(ProgramBuild build) {
        return has(BUILD + build.id());
    }

    boolean has(String name) {
        return Files.exists(folder.resolve(name));
    }

    int open(String name) {
        return Libbpf.getPinned(folder.resolve(name));
    }

    void make() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new ShimException("the pin folder " + folder + " cannot be made", e);
        }
    }

    /** Pins it, at one stroke in place of what has that name. */
    void put(String name, int fd) {
        Path fresh = folder.resolve(name + FRESH);
        try {
            Files.deleteIfExists(fresh);
            Libbpf.pin(fd, fresh);
            Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ShimException("the pin " + folder.resolve(name) + " cannot be replaced", e);
        }
    }

    void remove(String name) {
        delete(folder.resolve(name));
    }

    /** All programs are those of one build no more. */
    void beginReplacing() {
        content().stream().filter(pin -> pin.getFileName().toString().startsWith(BUILD)).forEach(Pins::delete);
    }

    /** All that there is to pin is pinned. @param marker any file descriptor that can be pinned */
    void complete(ProgramBuild build, int marker) {
        put(BUILD + build.id(), marker);
        put(COMPLETE, marker);
    }

    /** Removes the folder and what is in it; nothing happens when there is none. */
    void removeAll() {
        if (!Files.exists(folder)) {
            return;
        }
        // First, so that half of it is never taken for all.
        remove(COMPLETE);
        content().forEach(Pins::delete);
        delete(folder);
    }

    private List<Path> content() {
        List<Path> content = new ArrayList<>();
        try (DirectoryStream<Path> pins = Files.newDirectoryStream(folder)) {
            pins.forEach(content::add);
        } catch (IOException e) {
            throw new ShimException("the pins in " + folder + " cannot be listed", e);
        }
        return content;
    }

    private static void delete(Path pin) {
        try {
            Files.deleteIfExists(pin);
        } catch (IOException e) {
            throw new ShimException("the pin " + pin + " cannot be removed", e);
        }
    }
}
