package org.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CopyOptionsTest {

    private static final OptionalInt NONE = OptionalInt.empty();

    @Test
    void whatIsOutOfRangeIsRefusedByName() {
        assertThatThrownBy(() -> options(OptionalInt.of(0), NONE, NONE, Compression.NONE, StallAction.ABORT))
                .hasMessage("the bandwidth limit (MiB/s) must be 1 to 1048576, got 0");
        assertThatThrownBy(() -> options(NONE, OptionalInt.of(2_000_001), NONE, Compression.NONE, StallAction.ABORT))
                .hasMessageContaining("the downtime limit (ms) must be 1 to 2000000");
        assertThatThrownBy(() -> options(NONE, NONE, OptionalInt.of(256), Compression.NONE, StallAction.ABORT))
                .hasMessageContaining("the number of parallel connections must be 1 to 255");
        assertThatThrownBy(() -> Compression.of("zip"))
                .hasMessage("the compression must be one of none, xbzrle, mt, zlib, zstd, got \"zip\"");
        assertThatThrownBy(() -> StallAction.of("pause"))
                .hasMessage("what is done on a stall must be one of post-copy, suspend, abort, got \"pause\"");
    }

    @Test
    void whatExcludesEachOtherIsRefused() {
        assertThatThrownBy(() -> options(NONE, NONE, NONE, Compression.ZSTD, StallAction.ABORT))
                .hasMessageContaining("zstd needs parallel connections");
        assertThatThrownBy(() -> options(NONE, NONE, OptionalInt.of(2), Compression.XBZRLE, StallAction.ABORT))
                .hasMessageContaining("exclude each other");
    }

    @Test
    void whatAStrategyCannotDoIsSaid() {
        CopyOptions parallel = options(NONE, NONE, OptionalInt.of(2), Compression.ZLIB, StallAction.ABORT);
        assertThat(parallel.lackFor(Strategy.PRE_COPY)).isEmpty();
        assertThat(parallel.lackFor(Strategy.SUSPENDED)).isEmpty();
        assertThat(parallel.lackFor(Strategy.HYBRID_COPY)).hasValueSatisfying(
                lack -> assertThat(lack).startsWith("post-copy has no parallel connections"));
        assertThat(options(NONE, NONE, OptionalInt.of(2), Compression.NONE, StallAction.POST_COPY)
                .lackFor(Strategy.PRE_COPY)).isPresent();
        CopyOptions patient = options(NONE, OptionalInt.of(50), NONE, Compression.NONE, StallAction.SUSPEND);
        assertThat(patient.lackFor(Strategy.PRE_COPY)).isEmpty();
        assertThat(patient.lackFor(Strategy.POST_COPY)).hasValueSatisfying(
                lack -> assertThat(lack).endsWith("are for pre-copy, not for post-copy"));
        assertThat(CopyOptions.STANDARD.lackFor(Strategy.SUSPENDED)).isEmpty();
        assertThat(parallel.lackFor(Strategy.COLD)).hasValueSatisfying(
                lack -> assertThat(lack).startsWith("a cold migration sends no memory"));
        assertThat(CopyOptions.STANDARD.lackFor(Strategy.COLD)).isEmpty();
        assertThat(options(OptionalInt.of(8), NONE, NONE, Compression.NONE, StallAction.ABORT).lackFor(Strategy.COLD))
                .as("its disks keep to it").isEmpty();
    }

    @Test
    void hypervisorsNeedPostCopyForWhatMayEndSo() {
        CopyOptions forced = options(NONE, NONE, NONE, Compression.NONE, StallAction.POST_COPY);
        assertThat(forced.needsPostCopy(Strategy.PRE_COPY)).isTrue();
        assertThat(CopyOptions.STANDARD.needsPostCopy(Strategy.PRE_COPY)).isFalse();
        assertThat(CopyOptions.STANDARD.needsPostCopy(Strategy.HYBRID_COPY)).isTrue();
    }

    private static CopyOptions options(OptionalInt bandwidth, OptionalInt downtime, OptionalInt connections,
            Compression compression, StallAction onStall) {
        return new CopyOptions(bandwidth, downtime, false, connections, compression, Optional.empty(), onStall);
    }
}
