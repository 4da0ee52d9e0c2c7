package org.godwit.host.alone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.host.alone.Stand.*;
import static org.godwit.host.alone.StandEvent.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table, row by row, as stories; a row that no story takes fails the class. */
class StandTableTest {

    private static final Path DIAGRAM = Path.of("../docs/state-machines/alone.md");
    private static final Set<StandTable.Row> VISITED = new LinkedHashSet<>();

    @AfterAll
    static void everyRowHasItsStory() {
        List<StandTable.Row> unvisited = new ArrayList<>(StandTable.rows());
        unvisited.removeAll(VISITED);
        assertThat(unvisited).as("rows that no story takes").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Stand.class)
    void anotherMigrationBeginsWhereverTheLastOneWasLeft(Stand left) {
        new Story(left).on(GATEWAY_STAGING, STAGED);
        new Story(left).on(VM_EXPECTED, EXPECTED);
    }

    @Test
    void aCommandedMigrationLeavesNothingToDoAlone() {
        new Story(IDLE).on(GATEWAY_STAGING, STAGED).on(ADDRESS_STAGING, STAGED).on(ARMING, STAGED)
                .on(COPY_BEGINS, COPYING).on(COPY_SUCCEEDED, LEFT).on(STAGING_REMOVED, IDLE);
        new Story(IDLE).on(VM_EXPECTED, EXPECTED).on(VM_ARRIVED, ARRIVED).on(GUEST_SETTLED, IDLE);
        new Story(EXPECTED).on(GUEST_SETTLED, IDLE);
        new Story(EXPECTED).on(TARGET_DISCARDED, IDLE);
    }

    @Test
    void whatTheControlServerUndoesIsUndone() {
        for (Stand before : List.of(STAGED, COPYING, LEFT, REVERTING)) {
            new Story(before).on(UNSTAGED, IDLE);
            new Story(before).on(STAGING_REMOVED, IDLE);
        }
    }

    @Test
    void stagingThatNobodyUsesIsUndoneAndNothingBuildsOnItAnyMore() {
        new Story(STAGED).on(SEEN_RUNNING, REVERTING, Deed.UNSTAGE).ignores(ADDRESS_STAGING).ignores(ARMING)
                .ignores(COPY_BEGINS).on(SEEN_RUNNING, REVERTING, Deed.UNSTAGE).on(Deed.UNSTAGE.done().orElseThrow(),
                        IDLE)
                .ignores(COPY_BEGINS).ignores(ARMING);
        new Story(STAGED).on(SEEN_ABSENT, REVERTING, Deed.REMOVE_STAGING)
                .on(SEEN_ABSENT, REVERTING, Deed.REMOVE_STAGING)
                .on(Deed.REMOVE_STAGING.done().orElseThrow(), IDLE);
        new Story(STAGED).ignores(SEEN_PAUSED).ignores(SEEN_COPIED);
    }

    @Test
    void aCopyIsLeftToEndAndBegunOnce() {
        new Story(COPYING).ignores(SEEN_COPIED).ignores(SEEN_PAUSED).ignores(COPY_BEGINS);
        new Story(COPYING).on(COPY_FAILED, REVERTING).ignores(COPY_BEGINS).on(SEEN_RUNNING, REVERTING, Deed.UNSTAGE);
        new Story(COPYING).on(SEEN_RUNNING, REVERTING, Deed.UNSTAGE);
        new Story(COPYING).on(SEEN_ABSENT, LEFT, Deed.REMOVE_STAGING).on(SEEN_ABSENT, LEFT, Deed.REMOVE_STAGING)
                .on(Deed.REMOVE_STAGING.done().orElseThrow(), IDLE);
    }

    @Test
    void whatHasArrivedIsSettledAndWhatDoesNotArriveCostsNothing() {
        new Story(EXPECTED).on(SEEN_ABSENT, EXPECTED, Deed.DISCARD).ignores(SEEN_COPIED)
                .on(SEEN_RUNNING, ARRIVED, Deed.SETTLE).on(SEEN_RUNNING, ARRIVED, Deed.SETTLE)
                .on(Deed.SETTLE.done().orElseThrow(), IDLE);
        new Story(ARRIVED).ignores(TARGET_DISCARDED).on(SEEN_ABSENT, IDLE);
        assertThat(Deed.DISCARD.done()).as("it may still come").isEmpty();
    }

    @Test
    void theDiagramIsDrawnFromTheTable() throws IOException {
        String drawn = markdown();
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(DIAGRAM.getParent());
            Files.writeString(DIAGRAM, drawn);
        }
        assertThat(drawn).as(DIAGRAM + "; -Dgolden.update=true draws it anew").isEqualTo(Files.readString(DIAGRAM));
    }

    private static String markdown() {
        return """
                # A host agent alone

                Generated from `StandTable` by a test; change the table, then run the test with `-Dgolden.update=true`.

                Each host agent keeps on disk where each of its VMs stands. Commands and the hypervisor's events move a VM from \
                one stand to the next. When there has been no session with the control server for 20 s after the lease, or \
                since the agent was started, the agent looks by itself (`SEEN_…`) and does what the table says.

                ```mermaid
                stateDiagram-v2
                %s```

                | stand | event | next stand | done alone |
                |---|---|---|---|
                %s"""
                .formatted(arrows(), rows());
    }

    private static String arrows() {
        Map<List<Stand>, Set<String>> labels = new LinkedHashMap<>();
        for (StandTable.Row row : StandTable.rows()) {
            if (row.from() != row.to()) {
                labels.computeIfAbsent(List.of(row.from(), row.to()), _ -> new TreeSet<>()).add(row.event().name());
            }
        }
        StringBuilder text = new StringBuilder("    [*] --> IDLE\n");
        labels.forEach((ends, events) -> text.append("    ").append(ends.getFirst()).append(" --> ")
                .append(ends.getLast()).append(": ").append(String.join(", ", events)).append('\n'));
        return text.toString();
    }

    private static String rows() {
        StringBuilder text = new StringBuilder();
        StandTable.rows().forEach(row -> text.append("| ").append(row.from()).append(" | ").append(row.event())
                .append(" | ").append(row.to()).append(" | ").append(row.alone().map(Deed::name).orElse(""))
                .append(" |\n"));
        return text.toString();
    }

    /** A VM that something happens to. */
    private static final class Story {

        private Stand stand;

        Story(Stand stand) {
            this.stand = stand;
        }

        Story on(StandEvent event, Stand next, Deed... alone) {
            StandTable.Row row = StandTable.find(stand, event).orElseThrow();
            VISITED.add(row);
            assertThat(row.to()).isEqualTo(next);
            assertThat(row.alone()).isEqualTo(alone.length == 0 ? Optional.empty() : Optional.of(alone[0]));
            stand = next;
            return this;
        }

        Story ignores(StandEvent event) {
            assertThat(StandTable.find(stand, event)).isEmpty();
            return this;
        }
    }
}
