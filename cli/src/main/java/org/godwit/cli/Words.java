package org.godwit.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.godwit.model.Compression;
import org.godwit.model.MigrationPhase;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.protocol.rest.Resources;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words that an option takes: the completion script offers them, and others are refused before anything is sent. */
abstract class Words implements Iterable<String>, ITypeConverter<String> {

    private final List<String> words;
    private final UnaryOperator<String> checked;

    /** @param checked gives the word back, or refuses it by IllegalArgumentException */
    private Words(Stream<String> words, UnaryOperator<String> checked) {
        this.words = words.toList();
        this.checked = checked;
    }

    /** In any case. @param what the option says, such as "the role" */
    private Words(String what, List<String> words) {
        this(words.stream(), given -> words.stream().filter(given::equalsIgnoreCase).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        what + " must be one of " + String.join(", ", words) + ", got \"" + given + "\"")));
    }

    @Override
    public Iterator<String> iterator() {
        return words.iterator();
    }

    @Override
    public String convert(String word) {
        try {
            return checked.apply(word);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    static final class Strategies extends Words {
        Strategies() {
            super(Stream.concat(Arrays.stream(Strategy.values()).map(Strategy::word), Stream.of(Resources.AUTO)),
                    word -> word.equals(Resources.AUTO) ? word : Strategy.of(word).word());
        }
    }

    static final class StallActions extends Words {
        StallActions() {
            super(Arrays.stream(StallAction.values()).map(StallAction::word), word -> StallAction.of(word).word());
        }
    }

    static final class Compressions extends Words {
        Compressions() {
            super(Arrays.stream(Compression.values()).map(Compression::word), word -> Compression.of(word).word());
        }
    }

    static final class Roles extends Words {
        Roles() {
            super("the role", List.of("viewer", "operator", "admin"));
        }
    }

    static final class Outcomes extends Words {
        Outcomes() {
            super("the outcome", List.of("running", "completed", "rehearsed", "refused", "rolled_back", "uncertain",
                    "lost"));
        }
    }

    static final class Phases extends Words {
        Phases() {
            super("the phase", Arrays.stream(MigrationPhase.values()).map(Enum::name).toList());
        }
    }
}
