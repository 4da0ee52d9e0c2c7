package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CounterTest {

    private static final Path MANUAL = Path.of("../docs/shim.md");

    @Test
    void theManualExplainsEveryCounterInTheSameOrder() throws IOException {
        assertThat(
                Files.readAllLines(MANUAL).stream().filter(line -> line.matches("\\| `[a-z0-9_]+` \\| [A-Z].*\\. \\|"))
                        .toList())
                .isEqualTo(Arrays.stream(Counter.values())
                        .map(counter -> "| `" + counter.label() + "` | " + counter.meaning() + " |").toList());
    }
}
