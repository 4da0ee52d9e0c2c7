package org.godwit.lab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCacheTest {

    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final Duration KEPT = Duration.ofDays(3);

    @TempDir
    Path folder;

    private Instant now = NOW;
    private final AtomicInteger made = new AtomicInteger();

    @Test
    void whatWasMadeOnceIsNotMadeAgain() {
        Path first = obtain("kernel 1");
        Path second = obtain("kernel 1");

        assertThat(second).isEqualTo(first);
        assertThat(made).hasValue(1);
        assertThat(first.resolve("inputs")).content().endsWith("  kernel\n");
    }

    @Test
    void otherInputsMakeAnotherImage() {
        assertThat(obtain("kernel 2")).isNotEqualTo(obtain("kernel 1"));
    }

    @Test
    void aMakerThatFailsLeavesNothingThatLooksLikeAnImage() {
        ImageCache cache = new ImageCache(folder, KEPT, () -> now);
        assertThatThrownBy(() -> cache.obtain("guest", inputs("kernel 1"), draft -> {
            Folders.writeLines(draft.resolve("half"), List.of("done"));
            throw new IllegalStateException("no network");
        })).hasMessage("no network");

        assertThat(obtain("kernel 1").resolve("half")).doesNotExist();
    }

    @Test
    void severalThatAskAtATimeGetTheSameOne() {
        assertThat(IntStream.range(0, 8).parallel().mapToObj(_ -> obtain("kernel 1")).distinct()).hasSize(1);
        assertThat(made).hasValue(1);
    }

    @Test
    void whatNobodyAsksForAnyMoreIsSweptAway() throws IOException {
        Path old = obtain("kernel 1");
        Path stranger = Files.createDirectory(folder.resolve("packages"));
        now = NOW.plus(Duration.ofDays(4));
        obtain("kernel 2");

        assertThat(old).doesNotExist();
        assertThat(stranger).exists();
    }

    private Path obtain(String kernel) {
        return new ImageCache(folder, KEPT, () -> now).obtain("guest", inputs(kernel), _ -> made.incrementAndGet());
    }

    private static Fingerprint inputs(String kernel) {
        return new Fingerprint().text("kernel", kernel);
    }
}
