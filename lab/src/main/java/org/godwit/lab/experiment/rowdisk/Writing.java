package org.godwit.lab.experiment.rowdisk;

/**
 * What the VM writes to its disk, 4 KiB at a time, each safe before the next. The shares of overwriting are the highest and the
 * lowest of the paper's Table 1.
 */
enum Writing {

    /** Display Ads: 87.66 %. */
    OVERWRITING("overwriting 88 %", 88),

    /** Live Maps: 0.61 %. */
    NEW_PLACES("overwriting 1 %", 1);

    /** A megabyte. */
    private static final int HOT_BLOCKS = 256;
    /** 64 KiB: what is new is written in pieces of files. */
    private static final int RUN_BLOCKS = 16;
    private static final int PAUSE_MS = 1;

    private final String words;
    private final int overwritePercent;

    Writing(String words, int overwritePercent) {
        this.words = words;
        this.overwritePercent = overwritePercent;
    }

    /** As the writer in the VM wants it told. */
    String pattern() {
        return "overwrite=%d hot=%d run=%d pause=%d".formatted(overwritePercent, HOT_BLOCKS, RUN_BLOCKS, PAUSE_MS);
    }

    @Override
    public String toString() {
        return words;
    }
}
