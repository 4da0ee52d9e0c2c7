package org.godwit.lab.experiment.rowdisk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;

/** What a host agent says in its log of the disk that it sends: its image first, then layer by layer, and how the rest goes. */
final class Passages {

    private static final Pattern PASSAGE = Pattern
            .compile(" layer=\\d+ is there: .*sentBytes=(\\d+), wireBytes=(\\d+)\\]");

    private static final Pattern LAST_WRITES = Pattern
            .compile(" what it writes while its memory is copied is sent (at once|later): ");

    private final Path log;
    private final int begin;

    /** @param wireBytes as they were sent */
    record Passage(long bytes, long wireBytes) {}

    /** Those that it sends from now on. */
    Passages(Path log) {
        this.log = log;
        this.begin = text(log, 0).length();
    }

    /** @throws LabException when it has sent nothing */
    List<Passage> all() {
        List<Passage> all = parse(text(log, begin));
        if (all.isEmpty()) {
            throw new LabException("the agent says of no disk that it is there: " + log);
        }
        return all;
    }

    /** How what the VM writes while its memory is copied is sent: at once, or later. @throws LabException when nothing is said */
    String lastWrites() {
        return LAST_WRITES.matcher(text(log, begin)).results().map(one -> one.group(1)).findFirst()
                .orElseThrow(() -> new LabException("the agent does not say how it sends last writes: " + log));
    }

    static List<Passage> parse(String text) {
        return PASSAGE.matcher(text).results()
                .map(one -> new Passage(Long.parseLong(one.group(1)), Long.parseLong(one.group(2)))).toList();
    }

    private static String text(Path log, int begin) {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1).substring(begin);
        } catch (IOException e) {
            throw new UncheckedIOException(log + " cannot be read", e);
        }
    }
}
