package org.godwit.host.precheck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.protocol.agent.Memory;
import org.godwit.protocol.agent.Space;
import org.godwit.protocol.agent.StoredFile;

/** What the file systems of this host say. */
final class HostFiles {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Pattern LINE = Pattern.compile("(?m)^(\\w+):\\s+(\\d+) kB$");

    private HostFiles() {}

    /** The kind of the file system that holds it: ext4, nfs4. Empty when it is not there. */
    static String filesystem(String path) {
        try {
            return Files.getFileStore(Path.of(path)).type();
        } catch (IOException _) {
            return "";
        }
    }

    static StoredFile file(String path) {
        Path file = Path.of(path);
        return StoredFile.newBuilder().setPath(path).setReadable(Files.isReadable(file))
                .setWritable(Files.isWritable(file)).setExists(Files.exists(file)).setFolder(folder(file)).build();
    }

    /** The folder that a file is in; without free space when it is not there. */
    private static Space folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder)
                ? space(folder)
                : Space.newBuilder().setFolder(String.valueOf(folder)).build();
    }

    /** Where the folder is, or the nearest one above it that exists. */
    static Space space(Path folder) {
        Path there = folder;
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return Space.newBuilder().setFolder(folder.toString())
                    .setFreeBytes(Files.getFileStore(there).getUsableSpace()).build();
        } catch (IOException e) {
            throw new UncheckedIOException("the free space of " + folder + " cannot be told", e);
        }
    }

    static Memory memory() {
        try {
            return memory(Files.readString(MEMINFO));
        } catch (IOException e) {
            throw new UncheckedIOException(MEMINFO + " cannot be read", e);
        }
    }

    /** MemAvailable counts what the kernel would give up for it. @throws IllegalStateException when it is not told */
    static Memory memory(String meminfo) {
        return Memory.newBuilder().setTotalBytes(kibibytes("MemTotal", meminfo))
                .setAvailableBytes(kibibytes("MemAvailable", meminfo)).build();
    }

    private static long kibibytes(String name, String meminfo) {
        Matcher line = LINE.matcher(meminfo);
        while (line.find()) {
            if (line.group(1).equals(name)) {
                return Long.parseLong(line.group(2)) << 10;
            }
        }
        throw new IllegalStateException(MEMINFO + " does not tell " + name);
    }
}
