package org.godwit.cli;

import java.util.Locale;
import org.godwit.protocol.rest.Resources.Range;

/** Pieces of text that several renderings share. ASCII only: a console in the C locale shows it as well. */
final class Text {

    /** In place of what is not known. */
    static final String NOTHING = "-";

    private static final double MIB = 1024 * 1024;

    private Text() {}

    /** What came over the wire, safe for a terminal: control characters become spaces; {@code -} for nothing. */
    static String shown(String text) {
        if (text == null || text.isEmpty()) {
            return NOTHING;
        }
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> safe.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return safe.toString();
    }

    static String milliseconds(double ms) {
        return String.format(Locale.ROOT, "%.1f ms", ms);
    }

    static String milliseconds(Double ms, String otherwise) {
        return ms == null ? otherwise : milliseconds(ms.doubleValue());
    }

    static String milliseconds(Range range) {
        return range(range, 0, 1, " ms");
    }

    static String mebibytes(Range range) {
        return range(range, 1, MIB, " MiB");
    }

    /** A number without a unit. */
    static String count(Range range) {
        return range(range, 0, 1, "");
    }

    /** What is likely, and from where to where it may be. */
    private static String range(Range range, int decimals, double divisor, String unit) {
        if (range == null) {
            return NOTHING;
        }
        String number = "%." + decimals + "f";
        return String.format(Locale.ROOT, number + unit + " (" + number + " to %s)", range.likely() / divisor,
                range.low() / divisor,
                range.high() == null ? "no end" : String.format(Locale.ROOT, number, range.high() / divisor));
    }

    static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / MIB);
    }
}
