package org.godwit.model;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Constants by the words that people and programs write for them. */
final class Words {

    private Words() {}

    /** @throws IllegalArgumentException naming what there is */
    static <E> E of(String word, E[] all, Function<E, String> wordOf, String what) {
        return Arrays.stream(all).filter(one -> wordOf.apply(one).equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(what + " must be one of "
                        + Arrays.stream(all).map(wordOf).collect(Collectors.joining(", ")) + ", got \"" + word
                        + "\""));
    }
}
