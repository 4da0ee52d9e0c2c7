package org.godwit.cli.remote;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is run on a remote host. Values reach a script as its arguments, never as part of its text; secrets only as its input,
 * since arguments are seen by everybody on that host.
 *
 * @param words program and arguments
 * @param input what it reads; empty for nothing
 * @param limit how long it may take, positive
 */
public record RemoteCommand(List<String> words, Optional<Input> input, Duration limit) {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/.:=@%+,-]+");

    /** What a command reads. It does not show itself: it may be a secret. */
    @FunctionalInterface
    public interface Input {

        InputStream open() throws IOException;

        static Input of(String text) {
            return () -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        static Input of(Path file) {
            return () -> Files.newInputStream(file);
        }
    }

    public RemoteCommand {
        words = List.copyOf(words);
        requireNonNull(input, "input is null");
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command without words");
        }
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("the limit must be positive, got " + limit);
        }
    }

    /** A script for sh, which ends at its first failure; {@code $1} is the first of its arguments. */
    public static RemoteCommand script(Duration limit, String script, String... arguments) {
        return new RemoteCommand(
                Stream.concat(Stream.of("sh", "-euc", script, "sh"), Stream.of(arguments)).toList(), Optional.empty(),
                limit);
    }

    public RemoteCommand reading(Input what) {
        return new RemoteCommand(words, Optional.of(what), limit);
    }

    /** As the other side's shell takes it: each word as it is, whatever it holds. */
    public String line() {
        return words.stream().map(RemoteCommand::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
