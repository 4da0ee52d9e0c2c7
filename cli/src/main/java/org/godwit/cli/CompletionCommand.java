package org.godwit.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(name = "completion", description = "Print the completion script for bash and zsh.", footerHeading = "%nExample:%n", footer = "  source <(godwit completion)")
record CompletionCommand(Surroundings surroundings) implements Runnable {

    @Override
    public void run() {
        surroundings.out().print(AutoComplete.bash("godwit", Godwit.commandLine(surroundings)));
        surroundings.out().flush();
    }
}
