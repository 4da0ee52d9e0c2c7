package org.godwit.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(name = "completion", description = "Print the completion script for bash and zsh.", footerHeading = "%nExample:%n", footer = "  source <(godwit completion)")
record CompletionCommand(Surroundings surroundings) implements Runnable {

    /** Words and options are in picocli's script; names are the server's. */
    private static final String NAMES = """

            # Where nothing of the above fits, the server is asked for names; it has 3 s.
            function _complete_godwit_with_names() {
              _complete_godwit "$@"
              [ ${#COMPREPLY[@]} -gt 0 ] && return 0
              local IFS=$' \\t\\n'
              COMPREPLY=( $(compgen -W "$(timeout 3 "${COMP_WORDS[0]}" names -- "${COMP_WORDS[@]:1:COMP_CWORD}" \\
                  2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
            }
            complete -F _complete_godwit_with_names -o default godwit
            """;

    @Override
    public void run() {
        surroundings.out().print(AutoComplete.bash("godwit", Godwit.commandLine(surroundings)));
        surroundings.out().print(NAMES);
        surroundings.out().flush();
    }
}
