package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.godwit.model.Name;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the completion script asks. What is not known is nothing: a shell that completes is no place for complaints. */
@Command(name = "names", hidden = true, description = "Print the names that may stand at the end of a command line, for completion.", footerHeading = "%nExample:%n", footer = "  godwit names -- vm show \"\"")
final class NamesCommand implements Runnable {

    private static final int NAMES_MAX = 200;

    /** What an option or a parameter is called in the help, and what it takes. Who can name the VM types no id of a migration. */
    private static final Map<String, Kind<?>> BY_LABEL = Map.of("HOST", Kind.HOST, "VM", Kind.VM, "SITE", Kind.SITE,
            "MIGRATION", Kind.VM);
    private static final Map<String, Kind<?>> BY_NOUN = Map.of("host", Kind.HOST, "vm", Kind.VM, "site", Kind.SITE,
            "peer", Kind.PEER, "token", Kind.TOKEN);

    private final GodwitCommand godwit;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "WORD", description = "the command line so far, without godwit; the last one may be incomplete")
    private List<String> words = List.of();

    NamesCommand(GodwitCommand godwit) {
        this.godwit = godwit;
    }

    @Override
    public void run() {
        Optional<Kind<?>> kind = wanted(spec.root(), words);
        if (kind.isEmpty()) {
            return;
        }
        try (Desk desk = godwit.desk()) {
            JsonNode body = desk.server().get(kind.get().path() + "?limit=" + NAMES_MAX);
            for (JsonNode item : body.path("items")) {
                String name = name(kind.get(), item);
                // A shell expands what it completes: what is no name could be a command.
                if (Name.fits(name)) {
                    desk.say(name);
                }
            }
        } catch (CommandFailure _) {
            // Nothing, then.
        }
    }

    private static <T> String name(Kind<T> kind, JsonNode item) {
        return kind.name().cell(McsClient.read(item, kind.type()));
    }

    /** What the last of these words would be the name of. */
    static Optional<Kind<?>> wanted(CommandSpec root, List<String> words) {
        CommandSpec command = root;
        ArgSpec awaited = null;
        int positionals = 0;
        for (String word : words.subList(0, Math.max(0, words.size() - 1))) {
            CommandLine subcommand = command.subcommands().get(word);
            if (awaited != null) {
                awaited = null;
            } else if (word.startsWith("-")) {
                OptionSpec option = command.findOption(word);
                awaited = option != null && option.arity().min() > 0 ? option : null;
            } else if (subcommand != null && positionals == 0) {
                command = subcommand.getCommandSpec();
            } else {
                positionals++;
            }
        }
        if (awaited != null) {
            return Optional.ofNullable(BY_LABEL.get(awaited.paramLabel()));
        }
        int index = positionals;
        boolean isNew = command.name().equals("add");
        String noun = command.parent() == null ? "" : command.parent().name();
        return command.positionalParameters().stream().filter(it -> it.index().contains(index)).findFirst()
                .map(it -> it.paramLabel().equals("NAME") && !isNew
                        ? BY_NOUN.get(noun)
                        : BY_LABEL.get(it.paramLabel()));
    }
}
