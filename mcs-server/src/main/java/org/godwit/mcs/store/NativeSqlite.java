package org.godwit.mcs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native library, which its jar unpacks to load it. It would stay in the folder for temporary files when the process
 * is killed; so it gets a folder of its own, which is gone as soon as the library is loaded: what is mapped needs no name.
 */
final class NativeSqlite {

    /** A folder with the library in it already, as a package has: then nothing is unpacked. */
    private static final String INSTALLED = "org.sqlite.lib.path";
    private static final String UNPACKED = "org.sqlite.tmpdir";

    private static boolean loaded;

    private NativeSqlite() {}

    /** Does nothing the second time. @param near in which folder to unpack; programs must be allowed to run from there */
    static synchronized void load(Path near) {
        if (loaded || System.getProperty(INSTALLED) != null) {
            return;
        }
        try {
            Path folder = Files.createTempDirectory(near, "sqlite",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            System.setProperty(UNPACKED, folder.toString());
            try {
                loaded = SQLiteJDBCLoader.initialize();
            } finally {
                System.clearProperty(UNPACKED);
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("SQLite's library cannot be unpacked in " + near, e);
        } catch (Exception e) {
            throw new IllegalStateException("SQLite's library cannot be loaded from " + near
                    + ": programs must be allowed to run from there", e);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
