package org.godwit.operation.configuration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings as they stand in a file, in its order: lines of the form {@code key = value}, empty ones, and comments that begin
 * with {@code #}. No quotes, no escapes, no continued lines: an IPv6 address with a port stands there as it is.
 */
public record ConfigurationFile(Path file, List<Entry> entries) {

    /** Longer ones are not meant. */
    private static final long BYTES_MAX = 1 << 20;

    private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern OTHER_SEPARATOR = Pattern.compile("[a-z0-9-]+\\s*:\\s.*");

    /** @param line from 1 */
    public record Entry(int line, String key, String value) {}

    public ConfigurationFile {
        entries = List.copyOf(entries);
    }

    /** @param problems gets what is wrong; the rest is read nevertheless */
    public static ConfigurationFile read(Path file, List<Problem> problems) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                problems.add(new Problem(file.toString(), "", "is longer than 1 MiB: is it the right file?"));
            } else {
                return parse(file, Files.readString(file), problems);
            }
        } catch (CharacterCodingException e) {
            problems.add(new Problem(file.toString(), "", "is no text in UTF-8"));
        } catch (IOException e) {
            problems.add(new Problem(file.toString(), "", "cannot be read: " + e));
        }
        return new ConfigurationFile(file, List.of());
    }

    static ConfigurationFile parse(Path file, String text, List<Problem> problems) {
        List<Entry> entries = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#")) {
                continue;
            }
            int separator = content.indexOf('=');
            String key = separator < 0 ? "" : content.substring(0, separator).strip();
            String value = separator < 0 ? "" : content.substring(separator + 1).strip();
            String wrong = wrongWith(content, key, value);
            if (wrong == null) {
                entries.add(new Entry(number, key, value));
            } else {
                problems.add(new Problem(file + ":" + number, KEY.matcher(key).matches() ? key : "", wrong));
            }
        }
        return new ConfigurationFile(file, entries);
    }

    /** Where a setting stands, for a {@link Problem}. */
    public String place(Entry entry) {
        return file + ":" + entry.line();
    }

    private static String wrongWith(String content, String key, String value) {
        if (content.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
            return "holds a control character";
        }
        if (!KEY.matcher(key).matches()) {
            return "is no line of the form \"key = value\""
                    + (OTHER_SEPARATOR.matcher(content).matches() ? ": \"=\" separates them, not \":\"" : "");
        }
        return value.isEmpty() ? "has no value: give it one, or remove the line to keep the default" : null;
    }
}
