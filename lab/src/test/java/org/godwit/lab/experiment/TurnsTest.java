package org.godwit.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.godwit.lab.LabException;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.Progress;
import org.godwit.lab.bench.Results;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnsTest {

    private static final BooleanSupplier NEVER_LATE = () -> false;
    private static final Machine MACHINE = new Machine(Map.of("kernel", "Linux 6.1"));

    @TempDir
    private Path folder;

    private final List<String> taken = new ArrayList<>();
    private int failures = Integer.MAX_VALUE;
    private final StringWriter terminal = new StringWriter();

    record Line(int run, String trial, long seed) implements Run {}

    /** Three trials, one of which may break off. */
    private final class Letters implements Experiment<Line> {

        private final int breaksOffAfter;

        Letters(int breaksOffAfter) {
            this.breaksOffAfter = breaksOffAfter;
        }

        @Override
        public About about() {
            return new About("letters", "none", 3, 1);
        }

        @Override
        public Class<Line> shape() {
            return Line.class;
        }

        @Override
        public Map<String, Object> options() {
            return Map.of("alphabet", "latin");
        }

        @Override
        public Machine machine(Machine basis) {
            return basis;
        }

        @Override
        public List<String> labels() {
            return List.of("a", "b", "c");
        }

        @Override
        public List<Trial<Line>> trials(Stage stage) {
            return labels().stream().map(letter -> new Trial<Line>(letter, (run, seed) -> {
                if (taken.size() == breaksOffAfter && failures-- > 0) {
                    throw new LabException("broken off");
                }
                taken.add(run + letter);
                return List.of(new Line(run, letter, seed));
            })).toList();
        }

        @Override
        public Report report(List<Line> runs) {
            return new Report("Letters", List.of());
        }
    }

    @Test
    void everyTrialHasItsTurnAndNoneIsAlwaysTheFirst() {
        take(new Letters(-1), 3, Results.resumed(folder, "letters", MACHINE, Map.of(), Line.class));

        assertThat(taken).containsExactly("1a", "1b", "1c", "2c", "2a", "2b", "3b", "3c", "3a");
        assertThat(terminal.toString()).contains("run 9 of 9");
    }

    @Test
    void whatWasStoppedGoesOnWhereItWas() {
        Results<Line> first = Results.resumed(folder, "letters", MACHINE, Map.of("seed", 5), Line.class);
        assertThatThrownBy(() -> take(new Letters(4), 2, first)).isInstanceOf(LabException.class);

        Results<Line> second = Results.resumed(folder, "letters", MACHINE, Map.of("seed", 5), Line.class);
        take(new Letters(-1), 2, second);

        assertThat(taken).containsExactly("1a", "1b", "1c", "2c", "2a", "2b");
        assertThat(second.runs()).hasSize(6).contains(new Line(1, "a", 5), new Line(2, "b", 6));
        assertThat(terminal.toString()).contains("run 2 of 2");
    }

    @Test
    void aTurnThatFailsIsTakenOnceMoreWithEverythingBuiltAnew() {
        failures = 2;
        AtomicInteger stages = new AtomicInteger();

        takeAnew(new Letters(4), stages, NEVER_LATE);

        assertThat(taken).containsExactly("1a", "1b", "1c", "2c", "2a", "2b");
        assertThat(stages).hasValue(3);
    }

    @Test
    void noTurnBeginsWhenTheTimeIsUp() {
        Results<Line> results = Results.resumed(folder, "letters", MACHINE, Map.of(), Line.class);

        Turns.take(new Letters(-1), () -> new Stage(folder, folder, _ -> {}), 3, 5, results, progress(),
                () -> taken.size() == 4);

        assertThat(taken).containsExactly("1a", "1b", "1c", "2c");
        assertThat(terminal.toString()).contains("time is up: 5 turns are left out");
    }

    @Test
    void whatFailsWhenTheTimeIsUpIsNotBuiltAnew() {
        AtomicInteger stages = new AtomicInteger();
        failures = 1;

        takeAnew(new Letters(1), stages, () -> failures == 0);

        assertThat(stages).hasValue(1);
    }

    @Test
    void whatFailsAgainAndAgainIsGivenUp() {
        AtomicInteger stages = new AtomicInteger();

        assertThatThrownBy(() -> takeAnew(new Letters(4), stages, NEVER_LATE)).isInstanceOf(LabException.class);

        // The first one had results.
        assertThat(stages).hasValue(3);
    }

    @Test
    void someTrialsAreTakenByTheirWordsAndTheOthersLater() {
        Letters letters = new Letters(-1);
        Results<Line> results = Results.resumed(folder, "letters", MACHINE, Map.of(), Line.class);

        Turns.take(new Narrowed<>(letters, "b"), new Stage(folder, folder, _ -> {}), 2, 5, results, progress(),
                NEVER_LATE);
        assertThat(taken).containsExactly("1b", "2b");

        Turns.take(letters, new Stage(folder, folder, _ -> {}), 2, 5, results, progress(), NEVER_LATE);
        assertThat(taken).containsExactlyInAnyOrder("1b", "2b", "1a", "1c", "2a", "2c");
    }

    @Test
    void wordsThatNoTrialHasAreRefusedBeforeAnythingIsBuilt() {
        assertThatThrownBy(() -> new Narrowed<>(new Letters(-1), "x")).isInstanceOf(LabException.class)
                .hasMessageContaining("\"x\"").hasMessageContaining("a; b; c");
    }

    private void takeAnew(Experiment<Line> experiment, AtomicInteger stages, BooleanSupplier isLate) {
        Turns.take(experiment, () -> {
            stages.incrementAndGet();
            return new Stage(folder, folder, _ -> {});
        }, 2, 5, Results.resumed(folder, "letters", MACHINE, Map.of(), Line.class), progress(), isLate);
    }

    private Progress progress() {
        return new Progress(new PrintWriter(terminal), () -> Instant.EPOCH);
    }

    @Test
    void resultsOfOtherOptionsAreNotMixedWithThese() {
        Results.resumed(folder, "letters", MACHINE, Map.of("seed", 5), Line.class).add(new Line(1, "a", 5));

        assertThatThrownBy(() -> Results.resumed(folder, "letters", MACHINE, Map.of("seed", 6), Line.class))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("was begun with other options: {\"seed\":5} and not {\"seed\":6}")
                .hasMessageContaining("choose another folder, or begin anew");
    }

    private void take(Letters experiment, int runs, Results<Line> results) {
        Turns.take(experiment, new Stage(folder, folder, _ -> {}), runs, 5, results, progress(),
                NEVER_LATE);
    }
}
