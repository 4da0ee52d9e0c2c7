package org.godwit.lab.experiment.streaming;

/**
 * A picture of the stream that a viewer has got, whole.
 *
 * @param mediaUs when it is to be shown, in µs from the stream's first picture that he got
 * @param atUs when he had all of it, in µs since 1970
 */
record Frame(long mediaUs, long atUs) {

    /** Between two of them: 25 a second. */
    static final long INTERVAL_US = 40_000;
}
