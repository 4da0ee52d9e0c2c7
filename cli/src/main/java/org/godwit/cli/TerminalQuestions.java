package org.godwit.cli;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.godwit.cli.remote.Questions;

/** Asks on the terminal; where there is none, nobody agrees and nobody knows. */
record TerminalQuestions(Surroundings surroundings) implements Questions {

    @Override
    public boolean agreed(String question) {
        return surroundings.keyboard().map(keyboard -> {
            surroundings.err().println();
            surroundings.err().print(question);
            surroundings.err().flush();
            CompletableFuture<String> answer = new CompletableFuture<>();
            keyboard.readLine(answer::complete);
            String typed = answer.join().strip();
            return typed.equalsIgnoreCase("y") || typed.equalsIgnoreCase("yes");
        }).orElse(false);
    }

    @Override
    public Optional<char[]> secret(String question) {
        return surroundings.keyboard().flatMap(keyboard -> keyboard.readSecret("\n" + question));
    }
}
