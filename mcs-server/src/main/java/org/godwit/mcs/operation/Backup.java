package org.godwit.mcs.operation;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.DatabaseCopy;
import org.godwit.operation.configuration.BuildVersion;
import org.godwit.protocol.rest.RestJson;

/**
 * Everything in a data folder at one moment, in one file: a zip file of the database, of what else lies in the folder, and of a
 * manifest with a checksum of each. It holds keys, so only its owner may read it.
 */
public final class Backup {

    private static final int FORMAT = 1;
    private static final String MANIFEST = "manifest.json";
    /** Of what a manifest may be long; a backup comes from somewhere. */
    private static final int MANIFEST_BYTES_MAX = 1 << 20;
    private static final FileAttribute<Set<PosixFilePermission>> FILE_OF_OWNER = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> FOLDER_OF_OWNER = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /**
     * What is in a backup.
     *
     * @param unfinished migrations that were under way
     * @param sha256 in hex, of each file by its name in the data folder
     */
    public record Manifest(int format, String version, int schema, String createdAt, long hosts, long vms,
            long unfinished,
            Map<String, String> sha256) {

        public Manifest {
            sha256 = new TreeMap<>(sha256);
        }

        @Override
        public String toString() {
            return "of " + createdAt + " by version " + version + " (schema " + schema + "): " + hosts + " hosts, "
                    + vms
                    + " VMs, " + unfinished + " unfinished migrations";
        }
    }

    /** What of a data folder goes into a backup. */
    public enum Contents {

        /** Everything: for who may read the folder anyway. */
        ALL(Set.of()),

        /** Not the authority's key, with which an audit could be made anew, nor a token: for who asks from elsewhere. */
        FROM_ELSEWHERE(Set.of("ca.key", "admin.token"));

        private final Set<String> leftOut;

        Contents(Set<String> leftOut) {
            this.leftOut = leftOut;
        }
    }

    private Backup() {}

    /**
     * Makes one, while the server runs or not.
     *
     * @param file does not exist yet; it is there when it is whole
     * @throws IllegalArgumentException with a sentence when that is not possible
     */
    public static Manifest create(Path dataFolder, Path file, Contents contents, Instant now) {
        if (Files.exists(file)) {
            throw new IllegalArgumentException(file + " exists already: name another file");
        }
        try {
            Path folder = Files.createTempDirectory(file.toAbsolutePath().getParent(), ".godwit-backup",
                    FOLDER_OF_OWNER);
            try {
                // Files first: what a file says of the database, as the audit's head does, is in a later copy of that.
                Map<String, Path> files = copyBesides(dataFolder, folder.resolve("beside"));
                DatabaseCopy copy = DatabaseCopy.of(dataFolder, folder.resolve(Database.FILE));
                files.put(Database.FILE, folder.resolve(Database.FILE));
                files.keySet().removeAll(contents.leftOut);
                Map<String, String> sums = new TreeMap<>();
                for (Map.Entry<String, Path> each : files.entrySet()) {
                    sums.put(each.getKey(), sha256(each.getValue()));
                }
                Manifest manifest = new Manifest(FORMAT, BuildVersion.text(), copy.schema(), now.toString(),
                        copy.hosts(),
                        copy.vms(), copy.unfinished(), sums);
                Path whole = folder.resolve("backup");
                write(whole, manifest, files);
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
                return manifest;
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the backup cannot be written to " + file, e);
        }
    }

    /**
     * Looks whether a backup is whole and this server can use it.
     *
     * @throws IllegalArgumentException with a sentence when not
     */
    public static Manifest verify(Path file) {
        try {
            Path folder = Files.createTempDirectory(file.toAbsolutePath().getParent(), ".godwit-backup",
                    FOLDER_OF_OWNER);
            try {
                return unpack(file, folder);
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the backup " + file + " cannot be read", e);
        }
    }

    /**
     * Makes the data folder of a server that begins where the backup was made.
     *
     * @param dataFolder is made; nothing may be in it
     * @throws IllegalArgumentException with a sentence when the backup does not serve or the folder is not empty
     */
    public static Manifest restore(Path file, Path dataFolder) {
        try {
            if (Files.exists(dataFolder)) {
                try (Stream<Path> inside = Files.list(dataFolder)) {
                    if (inside.findAny().isPresent()) {
                        throw new IllegalArgumentException("the data folder " + dataFolder
                                + " is not empty: stop the server and move what is in it away first");
                    }
                }
            } else {
                Files.createDirectories(dataFolder, FOLDER_OF_OWNER);
            }
            Path folder = Files.createTempDirectory(dataFolder, ".restoring", FOLDER_OF_OWNER);
            try {
                Manifest manifest = unpack(file, folder);
                DatabaseCopy.in(folder.resolve(Database.FILE)).leapEpochs();
                // The database last: with it the folder is a server's.
                for (String name : manifest.sha256().keySet()) {
                    if (!name.equals(Database.FILE)) {
                        Files.createDirectories(dataFolder.resolve(name).getParent(), FOLDER_OF_OWNER);
                        Files.move(folder.resolve(name), dataFolder.resolve(name));
                    }
                }
                Files.move(folder.resolve(Database.FILE), dataFolder.resolve(Database.FILE));
                return manifest;
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the backup cannot be restored to " + dataFolder, e);
        }
    }

    /** Each file is copied once: it may be another one in the next moment. */
    private static Map<String, Path> copyBesides(Path dataFolder, Path to) throws IOException {
        Map<String, Path> copies = new TreeMap<>();
        for (Map.Entry<String, Path> each : besides(dataFolder).entrySet()) {
            Path copy = to.resolve(each.getKey());
            Files.createDirectories(copy.getParent(), FOLDER_OF_OWNER);
            copies.put(each.getKey(), Files.copy(each.getValue(), copy));
        }
        return copies;
    }

    /** What lies in the data folder beside the database, such as keys and certificates. */
    private static Map<String, Path> besides(Path dataFolder) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        if (Files.notExists(dataFolder)) {
            return files;
        }
        Files.walkFileTree(dataFolder, new SimpleFileVisitor<>() {

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                String name = dataFolder.relativize(path).toString();
                boolean isDraft = path.getFileName().toString().startsWith(".");
                if (attributes.isRegularFile() && !isDraft && !name.startsWith(Database.FILE)) {
                    files.put(name, path);
                }
                return FileVisitResult.CONTINUE;
            }

            /** The server goes on: what was a draft when the folder was listed may be a file by now. */
            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return files;
    }

    private static void write(Path to, Manifest manifest, Map<String, Path> files) throws IOException {
        Files.createFile(to, FILE_OF_OWNER);
        try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(to)))) {
            zip.putNextEntry(new ZipEntry(MANIFEST));
            zip.write(RestJson.strict().writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
            for (Map.Entry<String, Path> each : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                Files.copy(each.getValue(), zip);
            }
        }
        try (FileChannel written = FileChannel.open(to, StandardOpenOption.WRITE)) {
            written.force(true);
        }
    }

    /** Only what the manifest names, and only when it is what the manifest says. */
    private static Manifest unpack(Path file, Path folder) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Manifest manifest = manifest(file, zip);
            for (Map.Entry<String, String> each : manifest.sha256().entrySet()) {
                Path to = folder.resolve(each.getKey()).normalize();
                ZipEntry entry = zip.getEntry(each.getKey());
                if (!to.startsWith(folder) || entry == null) {
                    throw new IllegalArgumentException(file + " is damaged: it has no usable " + each.getKey());
                }
                Files.createDirectories(to.getParent(), FOLDER_OF_OWNER);
                Files.createFile(to, FILE_OF_OWNER);
                try (InputStream in = zip.getInputStream(entry); OutputStream out = Files.newOutputStream(to)) {
                    in.transferTo(out);
                }
                if (!sha256(to).equals(each.getValue())) {
                    throw new IllegalArgumentException(
                            file + " is damaged: " + each.getKey() + " is not what its checksum says");
                }
            }
            DatabaseCopy.in(folder.resolve(Database.FILE));
            return manifest;
        } catch (ZipException e) {
            throw new IllegalArgumentException(file + " is no backup, or damaged: " + e.getMessage(), e);
        }
    }

    private static Manifest manifest(Path file, ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(MANIFEST);
        if (entry == null) {
            throw new IllegalArgumentException(file + " is no backup: it has no " + MANIFEST);
        }
        Manifest manifest;
        try (InputStream in = zip.getInputStream(entry)) {
            manifest = RestJson.lenient().readValue(in.readNBytes(MANIFEST_BYTES_MAX), Manifest.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is damaged: its manifest cannot be read", e);
        }
        if (manifest.format() != FORMAT || manifest.schema() > DatabaseCopy.schemaKnown()) {
            throw new IllegalArgumentException(file + " was made by version " + manifest.version()
                    + ", which is newer than this one: restore it with that version");
        }
        if (!manifest.sha256().containsKey(Database.FILE)) {
            throw new IllegalArgumentException(file + " is damaged: it has no database");
        }
        return manifest;
    }

    static String sha256(Path file) throws IOException {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file),
                MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> inside = Files.walk(folder)) {
            all = inside.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
