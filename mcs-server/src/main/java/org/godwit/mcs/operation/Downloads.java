package org.godwit.mcs.operation;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.godwit.mcs.operation.Backup.Contents;
import org.godwit.mcs.operation.Backup.Manifest;

/** Backups to be carried away: each is made when it is asked for, one at a time, and has no name any more when it is sent. */
public final class Downloads {

    private final Path data;
    private final Path folder;
    private final InstantSource clock;

    /**
     * @param data the server's folder; there is room for a second database
     */
    public Downloads(Path data, InstantSource clock) {
        this.data = requireNonNull(data, "data is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.folder = data.resolve(".download");
    }

    /**
     * A backup that is open for reading.
     *
     * @param content is gone from the disk when it is closed
     * @param sha256 of all of it
     */
    public record Download(Manifest manifest, FileChannel content, long bytes, byte[] sha256)
            implements
                AutoCloseable {

        @Override
        public void close() {
            try {
                content.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a file that was read does not close", e);
            }
        }
    }

    /** Blocks for as long as that takes. */
    public synchronized Download make() {
        try {
            clear();
            Files.createDirectories(folder,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path file = folder.resolve("backup");
            Manifest manifest = Backup.create(data, file, Contents.FROM_ELSEWHERE, clock.instant());
            byte[] sha256 = HexFormat.of().parseHex(Backup.sha256(file));
            FileChannel content = FileChannel.open(file);
            clear();
            return new Download(manifest, content, content.size(), sha256);
        } catch (IOException e) {
            throw new UncheckedIOException("the backup cannot be made in " + folder, e);
        }
    }

    /** What a server left that ended in the middle of one, too. */
    private void clear() throws IOException {
        if (Files.exists(folder)) {
            List<Path> left;
            try (Stream<Path> all = Files.walk(folder)) {
                left = all.toList().reversed();
            }
            for (Path path : left) {
                Files.delete(path);
            }
        }
    }
}
