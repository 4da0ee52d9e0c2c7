package org.godwit.lab.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Looks for secrets where none may be: in files, and in the arguments and environments of this machine's processes. */
public final class SecretScan {

    private static final Path PROC = Path.of("/proc");
    private static final List<String> TOLD_TO_ALL = List.of("cmdline", "environ");
    /** What is shorter may be there by chance. */
    private static final int LENGTH_MIN = 16;

    private final Map<String, String> secrets = new LinkedHashMap<>();

    /** @param name by which it is reported: the secret itself is not repeated */
    public SecretScan add(String name, String secret) {
        if (secret.length() < LENGTH_MIN) {
            throw new IllegalArgumentException("a secret of less than " + LENGTH_MIN + " characters: " + name);
        }
        secrets.put(name, secret);
        return this;
    }

    /** How many are looked for. */
    public int size() {
        return secrets.size();
    }

    /** Where which of them is, in the files of a folder and below. */
    public List<String> in(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).flatMap(file -> inFile(file).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be searched", e);
        }
    }

    /** Where which of them is, in what every process tells of itself. */
    public List<String> inProcesses() {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                TOLD_TO_ALL.forEach(file -> found.addAll(inFile(process.resolve(file))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the processes of this machine cannot be listed", e);
        }
        return found;
    }

    private List<String> inFile(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // A process, or a log, that has just gone.
            return List.of();
        }
        return secrets.entrySet().stream().filter(secret -> text.contains(secret.getValue()))
                .map(secret -> secret.getKey() + " is in " + file).toList();
    }
}
