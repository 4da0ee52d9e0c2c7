package org.godwit.mcs.workflow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.godwit.model.MigrationPhase;

/** Draws a transition table, so that the drawing cannot be wrong. */
final class Diagram {

    private Diagram() {}

    static String markdown(TransitionTable table) {
        return """
                # The migration workflow

                Generated from `MigrationTransitions` by a test; change the table, then run the test with \
                `-Dgolden.update=true`.

                ```mermaid
                stateDiagram-v2
                %s```

                Every row of the table; the first that matches decides.

                | phase | event | condition | next phase | effects |
                |---|---|---|---|---|
                %s""".formatted(arrows(table), rows(table));
    }

    private static String arrows(TransitionTable table) {
        Map<List<MigrationPhase>, TreeSet<String>> labels = new LinkedHashMap<>();
        for (TransitionTable.Row row : table.rows()) {
            if (row.from() != row.to()) {
                labels.computeIfAbsent(List.of(row.from(), row.to()), _ -> new TreeSet<>())
                        .add(row.event().getSimpleName());
            }
        }
        StringBuilder text = new StringBuilder("    [*] --> REQUESTED\n");
        labels.forEach((ends, events) -> text.append("    %s --> %s: %s%n".formatted(ends.getFirst(), ends.getLast(),
                String.join(", ", events)).replace(System.lineSeparator(), "\n")));
        return text.append("    SETTLED --> [*]\n    ABORTED --> [*]\n    LOST --> [*]\n").toString();
    }

    private static String rows(TransitionTable table) {
        return table.rows().stream()
                .map(row -> "| %s | %s | %s | %s | %s |\n".formatted(row.from(), row.event().getSimpleName(),
                        row.condition(), row.to(),
                        row.effects().stream().map(Effect::name).collect(Collectors.joining(", "))))
                .collect(Collectors.joining());
    }
}
