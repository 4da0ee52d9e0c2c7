package org.godwit.cli;

import java.util.function.Function;

/**
 * One column of a table.
 *
 * @param listed whether lists show it too, not only {@code show}
 * @param reader null and the empty text are shown as {@code -}
 */
record Column<T>(String title, boolean listed, Function<T, String> reader) {

    static <T> Column<T> listed(String title, Function<T, String> reader) {
        return new Column<>(title, true, reader);
    }

    static <T> Column<T> detail(String title, Function<T, String> reader) {
        return new Column<>(title, false, reader);
    }

    String cell(T value) {
        return Text.shown(reader.apply(value));
    }
}
