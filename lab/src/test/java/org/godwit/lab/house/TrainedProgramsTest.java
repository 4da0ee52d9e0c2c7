package org.godwit.lab.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.godwit.lab.Requirements;
import org.godwit.lab.image.AotCaches;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Processes.Finished;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The programs of the house start from their AOT caches, and as well without. */
@Tag("vm")
class TrainedProgramsTest {

    static final List<String> PROGRAMS = AotCaches.PROGRAMS;

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** A JVM that is told so ends at once when it cannot use its cache. */
    private static final Map<String, String> STRICTLY = Map.of("JDK_JAVA_OPTIONS", "-XX:AOTMode=on");

    private static TrainedPrograms trained;

    @TempDir
    Path folder;

    @BeforeAll
    static void aBuildIsTrained() {
        Tier.VM.needs(Requirements.missingForVms());
        Tier.VM.needs(AotCaches.arePossible() ? "" : "classes lie in folders: let Maven package them (mvn verify)");
        trained = TrainedPrograms.ofThisBuild();
    }

    @ParameterizedTest
    @FieldSource("PROGRAMS")
    void aProgramStartsFromItsCache(String program) {
        Finished answer = version(trained, program, STRICTLY);
        assertThat(answer.exitCode()).as(answer.toString()).isZero();
    }

    @ParameterizedTest
    @FieldSource("PROGRAMS")
    void aCacheOfWhichHalfIsMissingIsPassedOver(String program) throws IOException {
        byte[] whole = Files.readAllBytes(AotCaches.file(trained.caches().orElseThrow(), program));
        Files.write(AotCaches.file(folder, program), Arrays.copyOf(whole, whole.length / 2));
        TrainedPrograms halved = new TrainedPrograms(trained.environment(), Optional.of(folder));

        Finished answer = version(halved, program, Map.of());
        assertThat(answer.exitCode()).as(answer.toString()).isZero();
        assertThat(answer.text()).as("no word of the JVM's").doesNotContain("AOT", "aot");
        assertThat(version(halved, program, STRICTLY).exitCode()).isNotZero();
    }

    private static Finished version(TrainedPrograms programs, String program, Map<String, String> more) {
        // The godwit command says it as one of its commands.
        String argument = program.equals("org.godwit.cli.Main") ? "version" : "--version";
        Map<String, String> environment = new HashMap<>(programs.environment());
        environment.putAll(more);
        return Processes.finish(LIMIT, programs.command(program, List.of(argument)), "", environment);
    }
}
