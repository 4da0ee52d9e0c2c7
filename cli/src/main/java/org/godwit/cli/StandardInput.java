package org.godwit.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads answers from standard input on a daemon thread, since a blocked read of a terminal cannot be taken back. */
final class StandardInput implements Keyboard {

    private final BufferedReader reader = new BufferedReader(
            new InputStreamReader(System.in, Charset.defaultCharset()));

    @Override
    public void readLine(Consumer<String> answer) {
        Thread.ofPlatform().daemon().name("keyboard").start(() -> answer.accept(nextLine()));
    }

    @Override
    public Optional<char[]> readSecret(String prompt) {
        return Optional.ofNullable(System.console()).map(console -> console.readPassword("%s", prompt))
                .filter(typed -> typed.length > 0);
    }

    private String nextLine() {
        try {
            String line = reader.readLine();
            return line == null ? "" : line;
        } catch (IOException _) {
            return "";
        }
    }
}
