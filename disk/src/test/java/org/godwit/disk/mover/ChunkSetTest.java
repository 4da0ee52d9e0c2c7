package org.godwit.disk.mover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.godwit.disk.Extent;
import org.godwit.disk.wire.Geometry;
import org.junit.jupiter.api.Test;

class ChunkSetTest {

    private static final int CHUNK = Geometry.CHUNK_BYTES_MIN;
    /** Five chunks, the last of one byte. */
    private static final Geometry DISK = new Geometry(4 * CHUNK + 1, CHUNK);

    @Test
    void aChunkIsTouchedByOneByte() {
        assertThat(chunks(ChunkSet.touchedBy(List.of(extent(CHUNK - 1, 2), extent(4 * CHUNK, 1)), DISK)))
                .containsExactly(0, 1, 4);
    }

    @Test
    void aChunkIsCoveredOnlyWhenNoByteIsMissing() {
        assertThat(chunks(ChunkSet.coveredBy(
                List.of(extent(0, CHUNK / 2), extent(CHUNK / 2, CHUNK / 2), extent(CHUNK + 1, 2 * CHUNK - 1),
                        extent(4 * CHUNK, 1)),
                DISK))).containsExactly(0, 2, 4);
        assertThat(chunks(ChunkSet.coveredBy(List.of(), DISK))).isEmpty();
        assertThat(chunks(ChunkSet.coveredBy(List.of(extent(0, 4 * CHUNK + 1)), DISK))).containsExactly(0, 1, 2, 3,
                4);
    }

    @Test
    void whatANewerLayerCoversIsLeftOut() {
        ChunkSet older = ChunkSet.touchedBy(List.of(extent(0, 3 * CHUNK)), DISK);
        ChunkSet newer = ChunkSet.coveredBy(List.of(extent(CHUNK, CHUNK), extent(2 * CHUNK, 1)), DISK);
        assertThat(chunks(older.without(newer))).containsExactly(0, 2);
    }

    @Test
    void whatIsNotInTheDiskIsRefused() {
        assertThatThrownBy(() -> ChunkSet.touchedBy(List.of(extent(4 * CHUNK, 2)), DISK))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ChunkSet.coveredBy(List.of(extent(1, 2), extent(2, 2)), DISK))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("behind");
    }

    private static Extent extent(long offset, long length) {
        return new Extent(offset, length, false);
    }

    private static List<Integer> chunks(ChunkSet set) {
        return IntStream.range(0, DISK.chunks()).filter(set::has).boxed().toList();
    }
}
